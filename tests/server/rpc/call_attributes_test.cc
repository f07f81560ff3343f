#include "server/rpc/call_attributes.h"

#include <grpcpp/test/server_context_test_spouse.h>

#include <chrono>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;
using std::chrono::hours;
using std::chrono::milliseconds;
using test_support::FakeClock;

constexpr int64_t kTenYears = int64_t{10} * 365 * 24 * 3600;
// The most that a Go client sends: grpc-timeout 2562048H.
constexpr int64_t kLongestOfGo = int64_t{2562048} * 3600;

gpr_timespec In(gpr_timespec span, gpr_clock_type clock) {
  return gpr_time_add(gpr_now(clock), span);
}

class DeadlineTest : public testing::TestWithParam<gpr_clock_type> {
 protected:
  Clock::TimePoint Deadline(gpr_timespec deadline) {
    return ToDeadline(deadline, clock_);
  }

  FakeClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Clocks, DeadlineTest,
                         testing::Values(GPR_CLOCK_MONOTONIC,
                                         GPR_CLOCK_REALTIME));

TEST_P(DeadlineTest, NoneIsNever) {
  EXPECT_EQ(Deadline(gpr_inf_future(GetParam())), Clock::TimePoint::max());
}

TEST_P(DeadlineTest, OneMillisecondIsThatFarAway) {
  const auto deadline =
      Deadline(In(gpr_time_from_millis(1, GPR_TIMESPAN), GetParam()));

  EXPECT_LE(deadline, clock_.Now() + milliseconds(1));
  EXPECT_GE(deadline, clock_.Now());
}

TEST_P(DeadlineTest, OneHourIsThatFarAway) {
  const auto deadline =
      Deadline(In(gpr_time_from_hours(1, GPR_TIMESPAN), GetParam()));

  EXPECT_LE(deadline, clock_.Now() + hours(1));
  EXPECT_GE(deadline, clock_.Now() + hours(1) - std::chrono::minutes(1));
}

TEST_P(DeadlineTest, TenYearsAndTheLongestOfAGoClientAreNever) {
  for (const int64_t seconds : {kTenYears, kLongestOfGo}) {
    EXPECT_EQ(
        Deadline(In(gpr_time_from_seconds(seconds, GPR_TIMESPAN), GetParam())),
        Clock::TimePoint::max());
  }
}

TEST_P(DeadlineTest, ThePastIsNoLaterThanNow) {
  EXPECT_LE(Deadline(gpr_time_0(GetParam())), clock_.Now());
  EXPECT_LE(Deadline(gpr_inf_past(GetParam())), clock_.Now());
}

// Which client a call counts for that names one in its metadata.
class ClientTest : public ::testing::Test {
 protected:
  static uint64_t Client(const access::Caller& caller,
                         const std::string& named) {
    grpc::ServerContext context;
    grpc::testing::ServerContextTestSpouse spouse(&context);
    spouse.AddClientMetadata("wanwu-client", named);
    FakeClock clock;
    return ReadCallAttributes(context, clock, caller)->client;
  }

  const access::Caller unknown_;
  const access::Caller web_{.identity = "token web",
                            .speaks_for_others = false};
  const access::Caller gateway_{.identity = "token front",
                                .speaks_for_others = true};
};

TEST_F(ClientTest, IsWhomAnUnknownCallerNames) {
  EXPECT_EQ(Client(unknown_, "a"), ClientNumber("a"));
}

TEST_F(ClientTest, IsAKnownCallerWhomeverItNames) {
  EXPECT_EQ(Client(web_, "a"), ClientNumber("token web"));
  EXPECT_EQ(Client(web_, ""), ClientNumber("token web"));
}

TEST_F(ClientTest, IsWhomAGatewayNamesButNobodyElseOfThatName) {
  const access::Caller other{.identity = "token other",
                             .speaks_for_others = true};

  EXPECT_EQ(Client(gateway_, ""), ClientNumber("token front"));
  EXPECT_NE(Client(gateway_, "a"), Client(gateway_, "b"));
  EXPECT_NE(Client(gateway_, "a"), Client(other, "a"));
  EXPECT_NE(Client(gateway_, "a"), ClientNumber("a"));
  EXPECT_NE(Client(gateway_, "token web"), Client(web_, ""));
}

TEST(ClientNumberTest, IsTheNamesOwn) {
  const std::string name = "192.0.2.1";

  EXPECT_EQ(ClientNumber(name), ClientNumber("192.0.2.1"));
  EXPECT_NE(ClientNumber(name), ClientNumber("192.0.2.2"));
  EXPECT_NE(ClientNumber(name), ClientNumber("192.0.2.1 "));
}

}  // namespace
}  // namespace wanwu::rpc
