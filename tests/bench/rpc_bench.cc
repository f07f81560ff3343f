// A Classify call without work: loopback interface, a picture of a few pixels,
// a model that does nothing. With up to many more callers than CPUs: answers
// per second must not fall with them.

#include <benchmark/benchmark.h>

#include "tests/support/test_server.h"

namespace wanwu::test_support {
namespace {

// One for all benchmarks, as long as the program runs.
TestServer& SharedServer() {
  static TestServer server;
  static const bool installed = [] {
    server.Install();
    return true;
  }();
  benchmark::DoNotOptimize(installed);
  return server;
}

void ClassifyWithoutWork(benchmark::State& state) {
  TestServer& server = SharedServer();
  const auto request = RequestFor(7);
  for (auto _ : state) {
    grpc::ClientContext context;
    wanwu::v1::ClassifyResponse response;
    if (!server.stub().Classify(&context, request, &response).ok()) {
      state.SkipWithError("the call failed");
    }
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(ClassifyWithoutWork)
    ->Threads(1)
    ->Threads(4)
    ->Threads(16)
    ->Threads(64)
    ->UseRealTime();

}  // namespace
}  // namespace wanwu::test_support
