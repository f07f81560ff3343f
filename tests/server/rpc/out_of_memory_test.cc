#include "server/rpc/out_of_memory.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "server/rpc/request_facts.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace {

// What one allocation on a poller may take; 0: as much as it wants.
std::atomic<size_t> g_poller_limit{0};
// One of this size, and little more, gets nothing there; 0: none.
std::atomic<size_t> g_poller_refused{0};
constexpr size_t kLittleMore = 16;

bool Refused(size_t size) {
  const size_t limit = g_poller_limit.load();
  const size_t refused = g_poller_refused.load();
  const bool too_large = limit != 0 && size > limit;
  const bool is_refused =
      refused != 0 && size >= refused && size <= refused + kLittleMore;
  if (!too_large && !is_refused) return false;
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return std::string_view(name) == "wanwu-poller";
}

}  // namespace

// The whole program's.
// Not inlined, or GCC takes the pair of malloc and free for a mismatch.
[[gnu::noinline]] void* operator new(size_t size) {
  void* memory = Refused(size) ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void* operator new(size_t size,
                                     const std::nothrow_t&) noexcept {
  return Refused(size) ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}

namespace wanwu::rpc {
namespace {

using namespace test_support;  // NOLINT

// More than an error needs, less than a thousand classes do.
constexpr size_t kLittle = 6000;

class OutOfMemoryTest : public testing::Test {
 protected:
  ~OutOfMemoryTest() override { g_poller_limit = 0; }

  grpc::Status Classify(const wanwu::v1::ClassifyRequest& request) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    wanwu::v1::ClassifyResponse response;
    return server_.stub().Classify(&context, request, &response);
  }

  TestServer server_;
};

TEST_F(OutOfMemoryTest, WhileReadingARequestIsItsError) {
  server_.Install();
  wanwu::v1::ClassifyRequest request = RequestFor(1);
  request.set_model(std::string(40'000, 'm'));

  g_poller_limit = kLittle;
  const grpc::Status status = Classify(request);
  g_poller_limit = 0;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Classify(RequestFor(2)).ok());
}

TEST_F(OutOfMemoryTest, WhileAnsweringARequestIsItsError) {
  server_.Install();
  wanwu::v1::ClassifyRequest request = RequestFor(1);
  request.set_top_k(1000);

  g_poller_limit = kLittle;
  const grpc::Status status = Classify(request);
  g_poller_limit = 0;

  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Classify(request).ok());
}

TEST_F(OutOfMemoryTest, InAStreamIsOnePicturesError) {
  server_.Install();
  BatchClient client(server_);
  auto large_request = BatchRequestFor("request", 1);
  large_request.mutable_request()->set_model(std::string(40'000, 'm'));
  auto large_answer = BatchRequestFor("answer", 2);
  large_answer.mutable_request()->set_top_k(1000);

  g_poller_limit = kLittle;
  client.Send(large_request);
  const auto first = client.Receive();
  client.Send(large_answer);
  const auto second = client.Receive();
  g_poller_limit = 0;
  client.Send("after", 3);
  const auto third = client.Receive();

  client.HalfClose();
  EXPECT_EQ(ReasonOf(first->error()), "OUT_OF_MEMORY");
  EXPECT_EQ(second->id(), "answer");
  EXPECT_EQ(ReasonOf(second->error()), "OUT_OF_MEMORY");
  EXPECT_EQ(BestOf(*third), 3);
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST(NotesOutOfMemoryTest, TheRequestIsAnsweredAndOnlyNotToldOf) {
  TestServer server({.request_lines = {.ratio = 1}});
  server.Install();
  const auto classify = [&server] {
    grpc::ClientContext context;
    SetTestDeadline(context);
    wanwu::v1::ClassifyResponse response;
    return server.stub().Classify(&context, RequestFor(1), &response);
  };
  // On a connection that is there: gRPC needs as much for one.
  EXPECT_TRUE(classify().ok());

  g_poller_refused = sizeof(RequestFacts);
  const grpc::Status status = classify();
  g_poller_refused = 0;
  server.Stop();

  EXPECT_TRUE(status.ok()) << status.error_message();
  const std::string text = server.log_text();
  const size_t first = text.find(" request ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(" request ", first + 1), std::string::npos);
}

}  // namespace
}  // namespace wanwu::rpc
