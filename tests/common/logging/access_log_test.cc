#include "common/logging/access_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace wanwu::logging {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AccessLogTest : public ::testing::Test {
 protected:
  Fields Describe() {
    ++described_;
    return {{"number", described_}};
  }

  // How many requests of `requests` got a line.
  int Sampled(double ratio, int requests) {
    AccessLog log({.ratio = ratio}, logger_, limited_);
    int sampled = 0;
    for (int i = 0; i < requests; ++i) {
      sampled += log.Ended({}, [this] { return Describe(); }) ? 1 : 0;
    }
    return sampled;
  }

  std::ostringstream out_;
  int described_ = 0;
  Logger logger_{{}, out_};
  RateLimitedLog limited_{
      logger_, 2, [] { return std::chrono::steady_clock::time_point(); }};
};

TEST_F(AccessLogTest, IsOffUnlessAskedFor) {
  EXPECT_FALSE(AccessLog({}, logger_, limited_).on());
  EXPECT_TRUE(AccessLog({.ratio = 1e-6}, logger_, limited_).on());
  EXPECT_TRUE(AccessLog({.slow = microseconds(1)}, logger_, limited_).on());
}

TEST_F(AccessLogTest, TellsOfNoneOfAllAndOfAPart) {
  EXPECT_EQ(Sampled(0, 1000), 0);
  EXPECT_EQ(described_, 0);
  EXPECT_EQ(Sampled(1, 1000), 1000);
  // Three standard deviations of a fair draw.
  EXPECT_NEAR(Sampled(0.01, 100'000), 1000, 95);
}

// Eight callers who take turns: each is told of.
TEST_F(AccessLogTest, FollowsNoPatternOfCallers) {
  AccessLog log({.ratio = 0.125}, logger_, limited_);
  std::vector<int> told(8);
  for (int i = 0; i < 8000; ++i) {
    const auto caller = static_cast<size_t>(i % 8);
    told[caller] += log.Ended({}, [] { return Fields(); }) ? 1 : 0;
  }
  EXPECT_GT(*std::min_element(told.begin(), told.end()), 80);
}

TEST_F(AccessLogTest, TellsOfSlowRequestsOnly) {
  AccessLog log({.slow = milliseconds(10)}, logger_, limited_);

  log.Ended(milliseconds(10), [this] { return Describe(); });
  EXPECT_THAT(out_.str(), IsEmpty());
  log.Ended(milliseconds(10) + nanoseconds(1), [this] { return Describe(); });
  EXPECT_THAT(out_.str(), HasSubstr("WARNING slow_request number=1"));
}

TEST_F(AccessLogTest, DescribesNoMoreSlowRequestsThanItMayWrite) {
  AccessLog log({.slow = milliseconds(10)}, logger_, limited_);

  for (int i = 0; i < 100; ++i) {
    log.Ended(milliseconds(11), [this] { return Describe(); });
  }
  EXPECT_EQ(described_, 2);
}

}  // namespace
}  // namespace wanwu::logging
