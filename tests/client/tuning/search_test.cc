#include "client/tuning/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace wanwu::tuning {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::Each;
using testing::HasSubstr;
using testing::Lt;
using testing::SizeIs;

// Answers by a formula, in a time of its own: each run takes two seconds.
class FakeServers final : public loadgen::Clock, public Measurer {
 public:
  using Answer = std::function<absl::StatusOr<Measurement>(const Settings&)>;

  explicit FakeServers(Answer answer) : answer_(std::move(answer)) {}

  loadgen::TimePoint Now() const override { return now_; }
  void SleepUntil(loadgen::TimePoint until) override { now_ = until; }
  void Wake() override {}

  absl::StatusOr<Measurement> Measure(const Settings& settings) override {
    now_ += seconds(2);
    tried_.push_back(settings);
    return answer_(settings);
  }

  const std::vector<Settings>& tried() const { return tried_; }

 private:
  const Answer answer_;
  loadgen::TimePoint now_;
  std::vector<Settings> tried_;
};

class Plans final : public SearchObserver {
 public:
  void OnRun(const SearchState& state, const Settings& /*next*/) override {
    left_.push_back(state.planned_runs - state.runs);
    runs_.push_back(state.runs);
  }

  const std::vector<int>& left() const { return left_; }
  const std::vector<int>& runs() const { return runs_; }

 private:
  std::vector<int> left_;
  std::vector<int> runs_;
};

// More lanes and bigger batches help, fp32 halves the rate, and there is no
// bf16.
absl::StatusOr<Measurement> PlainServer(const Settings& settings) {
  if (settings.precision == "bf16") {
    return absl::FailedPreconditionError("no bf16 here");
  }
  const int lanes = settings.lanes == 0 ? 4 : settings.lanes;
  double rate = 100 * lanes + 10 * settings.max_batch_size;
  rate /= settings.intra_op_threads;
  if (settings.precision == "fp32") rate /= 2;
  return Measurement{.rate = rate, .precision = "int8", .cpus = 4};
}

class SearchTest : public testing::Test {
 protected:
  absl::Status Run(FakeServers& servers, loadgen::Duration budget) {
    search_.emplace(Search::Parts{servers, servers, plans_}, Goal(), budget);
    return search_->Run();
  }

  const Trial& best() const {
    return search_->state().trials[search_->state().best];
  }

  Plans plans_;
  std::optional<Search> search_;
};

TEST_F(SearchTest, FindsTheBestOfEachPart) {
  FakeServers servers(PlainServer);

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  EXPECT_EQ(best().settings.lanes, 6);
  EXPECT_EQ(best().settings.intra_op_threads, 1);
  EXPECT_EQ(best().settings.max_batch_size, 32);
  EXPECT_EQ(best().settings.precision, "auto");
  EXPECT_EQ(search_->verdict().choice, Verdict::Choice::kBest);
}

TEST_F(SearchTest, RunsTheDefaultFirstAndLastInTurnWithTheBest) {
  FakeServers servers(PlainServer);

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  EXPECT_EQ(servers.tried().front(), Settings());
  EXPECT_EQ(servers.tried().back(), Settings());
  EXPECT_EQ(servers.tried()[servers.tried().size() - 2], best().settings);
  EXPECT_THAT(search_->state().by_default().runs, SizeIs(3));
  EXPECT_THAT(best().runs, SizeIs(3));
}

TEST_F(SearchTest, TriesNoConfigurationTwice) {
  FakeServers servers(PlainServer);

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  const std::vector<Trial>& trials = search_->state().trials;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(trials[i].settings == trials[j].settings);
    }
  }
}

TEST_F(SearchTest, GoesRoundAgainAsLongAsThatHelps) {
  // Bigger batches help only once there is one lane, which is tried before.
  FakeServers servers([](const Settings& settings) {
    double rate = 100;
    if (settings.max_batch_size == 32) rate += 10;
    if (settings.lanes == 1 && settings.max_batch_size == 32) rate += 100;
    return Measurement{.rate = rate, .precision = "int8", .cpus = 2};
  });

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  EXPECT_EQ(best().settings.lanes, 1);
  EXPECT_EQ(best().settings.max_batch_size, 32);
}

TEST_F(SearchTest, WhatCannotBeHadIsPassedOverAndNamed) {
  FakeServers servers(PlainServer);

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  for (const Trial& trial : search_->state().trials) {
    EXPECT_EQ(trial.failure,
              trial.settings.precision == "bf16" ? "no bf16 here" : "");
  }
}

TEST_F(SearchTest, EndsWithinItsBudgetLastRunsIncluded) {
  for (const int budget : {12, 15, 20, 31}) {
    FakeServers servers(PlainServer);

    ASSERT_TRUE(Run(servers, seconds(budget)).ok());

    EXPECT_LE(search_->state().elapsed, seconds(budget));
    EXPECT_EQ(servers.tried().back(), Settings());
    EXPECT_THAT(search_->state().by_default().runs, SizeIs(3));
  }
}

TEST_F(SearchTest, FirstRunsThatTakeLongerCostNoLaterOnes) {
  // 9 s for the first run of the default, 2 s for each other.
  int runs = 0;
  FakeServers* clock = nullptr;
  FakeServers servers([&](const Settings& settings) {
    if (++runs == 1) clock->SleepUntil(clock->Now() + seconds(7));
    return PlainServer(settings);
  });
  clock = &servers;

  ASSERT_TRUE(Run(servers, minutes(2)).ok());

  EXPECT_EQ(search_->verdict().choice, Verdict::Choice::kBest);
  EXPECT_EQ(best().settings.max_batch_size, 32);
}

TEST_F(SearchTest, KeepsTheDefaultWhereNothingIsBetter) {
  FakeServers servers([](const Settings&) {
    return Measurement{.rate = 100, .precision = "int8", .cpus = 2};
  });

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  EXPECT_EQ(search_->state().best, 0u);
  EXPECT_EQ(search_->verdict().choice, Verdict::Choice::kDefault);
}

TEST_F(SearchTest, EndsWhereTheDefaultCannotBeMeasured) {
  FakeServers servers(
      [](const Settings&) { return absl::NotFoundError("no such program"); });

  const absl::Status status = Run(servers, minutes(10));

  EXPECT_THAT(std::string(status.message()), HasSubstr("no such program"));
  EXPECT_THAT(servers.tried(), SizeIs(1));
}

TEST_F(SearchTest, CancellingEndsIt) {
  int runs = 0;
  FakeServers servers(
      [&](const Settings& settings) -> absl::StatusOr<Measurement> {
        if (++runs == 3) return absl::CancelledError();
        return PlainServer(settings);
      });

  EXPECT_TRUE(absl::IsCancelled(Run(servers, minutes(10))));
  EXPECT_THAT(servers.tried(), SizeIs(3));
}

TEST_F(SearchTest, PlansNoFewerRunsThanItMakes) {
  FakeServers servers(PlainServer);

  ASSERT_TRUE(Run(servers, minutes(10)).ok());

  EXPECT_THAT(plans_.left(), Each(testing::Gt(0)));
  EXPECT_THAT(plans_.runs(), Each(Lt(search_->state().runs)));
}

}  // namespace
}  // namespace wanwu::tuning
