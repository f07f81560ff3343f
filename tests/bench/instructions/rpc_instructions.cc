// One Classify call over the loopback interface: client, server, a picture of a
// few pixels, a model that does no work. All threads count.

#include <cstdlib>

#include "tests/bench/instructions/counted_run.h"
#include "tests/support/test_server.h"

int main() {
  using namespace wanwu::test_support;
  TestServer server;
  server.Install();
  const auto request = RequestFor(7);
  wanwu::bench::RunCounted(50, 60, [&] {
    grpc::ClientContext context;
    wanwu::v1::ClassifyResponse response;
    if (!server.stub().Classify(&context, request, &response).ok()) {
      std::abort();
    }
  });
}
