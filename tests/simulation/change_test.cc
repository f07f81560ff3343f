#include <chrono>
#include <iostream>
#include <vector>

#include "gtest/gtest.h"
#include "tests/simulation/load.h"
#include "tests/simulation/virtual_server.h"

namespace wanwu::simulation {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kDeadline{250};
constexpr microseconds kDecode{2500};

// Loads and machines that change.
class ChangeTest : public ::testing::Test {
 protected:
  ChangeTest() { server_.AddModel(model_); }

  Figures Of(Clock::TimePoint begin, Clock::TimePoint end) const {
    return FiguresOf(load_.answers(), {begin, end});
  }

  const VirtualModel model_;
  const double capacity_ = Capacity(model_, kDecode);
  const VirtualRequest request_{.decode = kDecode, .deadline = kDeadline};
  VirtualServer server_{2, TwoCpus()};
  OpenLoad load_{server_};
};

TEST_F(ChangeTest, AStepToTwiceTheCapacityIsAbsorbedAtOnce) {
  load_.Run(0.5 * capacity_, seconds(5), request_);
  const Clock::TimePoint step = server_.now();

  load_.Run(2 * capacity_, seconds(5), request_);
  const Clock::TimePoint end = server_.now();
  load_.Run(0.5 * capacity_, seconds(5), request_);
  server_.cpus().RunOut();

  // From the first moment on nobody who was admitted is late.
  const Figures first = Of(step, step + milliseconds(100));
  EXPECT_LT(first.Percentile(0.99), 250);
  EXPECT_LT(first.wasted, 0.01);
  EXPECT_LT(Of(step, end).wasted, 0.01);
  EXPECT_GT(Of(step + milliseconds(100), end).good_per_second,
            0.95 * capacity_);
  // And calm within a second of the end.
  const Figures after = Of(end + seconds(1), end + seconds(4));
  const Figures before = Of(step - seconds(4), step);
  EXPECT_EQ(after.refused, 0);
  EXPECT_LT(after.Percentile(0.5), 1.5 * before.Percentile(0.5));
}

TEST_F(ChangeTest, FollowsANeighbourWhoTakesACpuAndGivesItBack) {
  load_.Run(1.5 * capacity_, seconds(3), request_);
  const Clock::TimePoint taken = server_.now();
  server_.cpus().SetCount(1);
  load_.Run(1.5 * capacity_, seconds(5), request_);
  const Clock::TimePoint given_back = server_.now();
  server_.cpus().SetCount(2);
  load_.Run(1.5 * capacity_, seconds(5), request_);
  server_.cpus().RunOut();

  const Figures narrow = Of(taken + seconds(1), given_back);
  const Figures wide = Of(given_back + seconds(2), given_back + seconds(4));
  std::cout << "one CPU: " << narrow.good_per_second / capacity_
            << " of two's, wasted " << narrow.wasted
            << "; two again: " << wide.good_per_second / capacity_ << '\n';
  EXPECT_GT(narrow.good_per_second, 0.45 * capacity_);
  EXPECT_LT(narrow.wasted, 0.03);
  EXPECT_GT(wide.good_per_second, 0.95 * capacity_);
}

TEST_F(ChangeTest, RecoversFromAMachineThatHardlyRan) {
  load_.Run(1.5 * capacity_, seconds(3), request_);
  server_.cpus().SetCount(0.2);
  load_.Run(1.5 * capacity_, seconds(5), request_);
  const Clock::TimePoint given_back = server_.now();
  server_.cpus().SetCount(2);
  load_.Run(1.5 * capacity_, seconds(6), request_);
  server_.cpus().RunOut();

  EXPECT_GT(
      Of(given_back + seconds(3), given_back + seconds(5)).good_per_second,
      0.95 * capacity_);
}

TEST_F(ChangeTest, SmallAndLargePicturesAndTwoModelsTogether) {
  const int other = server_.AddModel({.first_picture = milliseconds(12),
                                      .each_further = milliseconds(11),
                                      .batch_size = 4});
  std::vector<const VirtualAnswer*> all;
  for (int i = 0; i < 40; ++i) {
    VirtualRequest request = request_;
    request.deadline = milliseconds(400);
    request.client = static_cast<uint64_t>(i % 5);
    if (i % 3 == 0) request.decode = milliseconds(20);
    if (i % 4 == 0) request.model = other;
    load_.Run(2 * capacity_, milliseconds(250), request);
  }
  server_.cpus().RunOut();

  const Figures figures = Of(server_.now() - seconds(9), server_.now());
  EXPECT_LT(figures.wasted, 0.03);
  EXPECT_EQ(server_.admission().jobs(), 0);
}

TEST_F(ChangeTest, AStormOfCancellationsLeavesNothingBehind) {
  for (int i = 0; i < 200; ++i) {
    VirtualRequest request = request_;
    request.deadline = Clock::Duration::zero();
    request.client = static_cast<uint64_t>(i % 3);
    if (i % 2 == 0) {
      request.leaves_after =
          microseconds(static_cast<int64_t>(1000 + 200'000 * load_.Uniform()));
    }
    load_.Run(3 * capacity_, milliseconds(50), request);
  }
  server_.cpus().RunOut();

  for (const VirtualAnswer* answer : load_.answers()) {
    ASSERT_EQ(answer->times_told, 1);
  }
  EXPECT_EQ(server_.admission().jobs(), 0);
  EXPECT_EQ(server_.waiting(), 0u);
}

TEST_F(ChangeTest, IsTheSameEveryTime) {
  const auto latencies = [this](unsigned seed) {
    VirtualServer server(2, TwoCpus());
    server.AddModel(model_);
    OpenLoad load(server, seed);
    load.Run(2 * capacity_, seconds(2), request_);
    server.cpus().RunOut();
    std::vector<Clock::Duration> all;
    for (const VirtualAnswer* answer : load.answers()) {
      all.push_back(answer->latency);
    }
    return all;
  };

  EXPECT_EQ(latencies(7), latencies(7));
  EXPECT_NE(latencies(7), latencies(8));
}

}  // namespace
}  // namespace wanwu::simulation
