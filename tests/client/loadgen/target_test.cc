#include "client/loadgen/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "client/lib/rpc_error.h"
#include "client/loadgen/connections.h"
#include "client/loadgen/stream_target.h"
#include "client/loadgen/unary_target.h"
#include "tests/client/support/fake_server.h"

namespace wanwu::loadgen {
namespace {

using test::BatchStream;
using test::FakeServer;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

// Longer than any answer here takes.
constexpr std::chrono::seconds kPatient{60};

grpc::Status EchoOne(grpc::ServerContext& /*context*/,
                     const v1::ClassifyRequest& request,
                     v1::ClassifyResponse& response) {
  response = test::LabelResponse(request.image());
  return grpc::Status::OK;
}

// Each answer's label, or its error's reason or code.
class Answers {
 public:
  Target::Done Next() {
    return [this](const absl::StatusOr<v1::ClassifyResponse>& answer) {
      const auto error = client::DescribeError(answer.status());
      const std::lock_guard lock(mu_);
      answers_.push_back(answer.ok() ? answer->classifications(0).label()
                         : error.reason.empty() ? error.code
                                                : error.reason);
      changed_.notify_all();
    };
  }

  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [&] { return answers_.size() >= count; });
    return answers_;
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::vector<std::string> answers_;
};

TimePoint Later() { return std::chrono::steady_clock::now() + kPatient; }

// Pictures must stay until they are answered.
const std::string kA = "a";
const std::string kB = "b";
const std::string kBad = "bad";

TEST(UnaryTargetTest, SendsEachPictureWithWhatAllHaveInCommon) {
  v1::ClassifyRequest seen;
  FakeServer server({.classify = [&seen](grpc::ServerContext& context,
                                         const v1::ClassifyRequest& request,
                                         v1::ClassifyResponse& response) {
    seen = request;
    return EchoOne(context, request, response);
  }});
  RequestTemplate request;
  request.request.set_top_k(3);
  UnaryTarget target(Connect(server.address(), 1), request);
  Answers answers;
  target.Send(kA, Later(), answers.Next());

  EXPECT_THAT(answers.Await(1), ElementsAre("a"));
  EXPECT_EQ(seen.top_k(), 3);
  EXPECT_EQ(seen.image(), "a");
}

TEST(UnaryTargetTest, TellsOfADeadlineThatPassed) {
  FakeServer server({.classify = EchoOne});
  UnaryTarget target(Connect(server.address(), 1), {});
  Answers answers;
  target.Send(kA, std::chrono::steady_clock::now() - kPatient, answers.Next());

  EXPECT_THAT(answers.Await(1), ElementsAre("DEADLINE_EXCEEDED"));
}

TEST(UnaryTargetTest, TakesItsConnectionsInTurn) {
  std::mutex mu;
  std::multiset<std::string> peers;
  FakeServer server({.classify = [&](grpc::ServerContext& context,
                                     const v1::ClassifyRequest& request,
                                     v1::ClassifyResponse& response) {
    const std::lock_guard lock(mu);
    peers.insert(context.peer());
    return EchoOne(context, request, response);
  }});
  UnaryTarget target(Connect(server.address(), 2), {});
  Answers answers;
  for (int i = 0; i < 6; ++i) target.Send(kA, Later(), answers.Next());
  answers.Await(6);

  ASSERT_EQ(std::set<std::string>(peers.begin(), peers.end()).size(), 2U);
  EXPECT_EQ(peers.count(*peers.begin()), 3U);
}

TEST(UnaryTargetTest, CancelAllEndsWhatIsUnderWay) {
  std::latch release(1);
  FakeServer server(
      {.classify = [&](auto& context, auto& request, auto& response) {
        release.wait();
        return EchoOne(context, request, response);
      }});
  UnaryTarget target(Connect(server.address(), 1), {});
  Answers answers;
  target.Send(kA, Later(), answers.Next());
  target.Send(kB, Later(), answers.Next());
  target.CancelAll();

  EXPECT_THAT(answers.Await(2), ElementsAre("CANCELLED", "CANCELLED"));
  release.count_down();
}

TEST(StreamTargetTest, BringsEachAnswerToItsRequest) {
  FakeServer server({.batch = test::EchoBatch});
  StreamTarget target(Connect(server.address(), 2), {});
  Answers answers;
  for (const std::string* picture : {&kA, &kB, &kBad, &kA}) {
    target.Send(*picture, Later(), answers.Next());
  }

  EXPECT_THAT(answers.Await(4),
              UnorderedElementsAre("a", "b", "IMAGE_DECODE_FAILED", "a"));
  target.CancelAll();
}

TEST(StreamTargetTest, AStreamThatBreaksFailsItsRequestsAndIsOpenedAnew) {
  std::atomic<int> streams = 0;
  FakeServer server(
      {.batch = [&streams](grpc::ServerContext& context, BatchStream& stream) {
        if (++streams > 1) return test::EchoBatch(context, stream);
        v1::ClassifyBatchRequest picture;
        stream.Read(&picture);
        return test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING",
                                     "the server drains");
      }});
  StreamTarget target(Connect(server.address(), 1), {});
  Answers first;
  target.Send(kA, Later(), first.Next());
  target.Send(kB, Later(), first.Next());
  EXPECT_THAT(first.Await(2), ElementsAre("DRAINING", "DRAINING"));

  Answers second;
  target.Send(kB, Later(), second.Next());
  EXPECT_THAT(second.Await(1), ElementsAre("b"));
  target.CancelAll();
}

TEST(StreamTargetTest, CancelAllEndsWhatIsUnderWay) {
  std::latch received(1);
  FakeServer server({.batch = [&received](grpc::ServerContext& /*context*/,
                                          BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    received.count_down();
    // Until the stream ends.
    stream.Read(&picture);
    return grpc::Status::OK;
  }});
  StreamTarget target(Connect(server.address(), 1), {});
  Answers answers;
  target.Send(kA, Later(), answers.Next());
  received.wait();
  target.CancelAll();

  EXPECT_THAT(answers.Await(1), ElementsAre("CANCELLED"));
}

}  // namespace
}  // namespace wanwu::loadgen
