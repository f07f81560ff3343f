#include "server/rpc/live_calls.h"

#include <optional>
#include <thread>

#include "gtest/gtest.h"

namespace wanwu::rpc {
namespace {

using Stage = LiveCalls::Stage;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

LiveCalls::TimePoint Now() { return steady_clock::now(); }

TEST(LiveCallsTest, PostedRequestsAreNotWaitedForUntilTheEnd) {
  LiveCalls calls;
  const LiveCalls::Token posted(calls);

  EXPECT_TRUE(calls.WaitUntilNoneReceives(Now()));
  EXPECT_TRUE(calls.WaitUntilAllAnswered(milliseconds(0), Now()));
}

TEST(LiveCallsTest, AMessageThatHasBegunToComeIsWaitedFor) {
  LiveCalls calls;
  LiveCalls::Token call(calls);
  call.Enter(Stage::kReceiving);
  EXPECT_FALSE(calls.WaitUntilNoneReceives(Now()));

  std::jthread receiver([&call] { call.Enter(Stage::kAnswering); });

  EXPECT_TRUE(calls.WaitUntilNoneReceives(Now() + hours(1)));
}

TEST(LiveCallsTest, AnAnswerIsWaitedFor) {
  LiveCalls calls;
  std::optional<LiveCalls::Token> call(std::in_place, calls);
  call->Enter(Stage::kAnswering);
  EXPECT_FALSE(calls.WaitUntilAllAnswered(milliseconds(0), Now()));

  std::jthread answerer([&call] { call.reset(); });

  EXPECT_TRUE(calls.WaitUntilAllAnswered(milliseconds(0), Now() + hours(1)));
}

TEST(LiveCallsTest, TheEndOfAllIsWaitedFor) {
  LiveCalls calls;
  std::optional<LiveCalls::Token> posted(std::in_place, calls);

  std::jthread ender([&posted] { posted.reset(); });
  calls.WaitUntilNone();
}

}  // namespace
}  // namespace wanwu::rpc
