#include <chrono>
#include <iostream>
#include <vector>

#include "gtest/gtest.h"
#include "tests/simulation/load.h"
#include "tests/simulation/virtual_server.h"

namespace wanwu::simulation {
namespace {

using batching::Priority;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Nobody starves: one caller, model or priority beside the backlog of another.
class FairnessTest : public ::testing::Test {
 protected:
  // Runs all for ten seconds and tells of the requests of `load` after the
  // first.
  Figures Run(const ClosedLoad& load) {
    const Clock::TimePoint begin = server_.now();
    server_.cpus().RunUntil(begin + seconds(10));
    return FiguresOf(load.answers(),
                     {begin + seconds(1), server_.now() - seconds(1)});
  }

  static void Say(const char* what, const Figures& figures) {
    std::cout << what << ": " << figures.good_per_second << "/s, p50 "
              << figures.Percentile(0.5) << " ms, p99 "
              << figures.Percentile(0.99) << " ms\n";
  }

  const VirtualModel model_;
  // A batch of the whole, in milliseconds, with both CPUs shared by decoding.
  static constexpr double kFullBatchMs = 2 * (6 + 7 * 5);
  VirtualServer server_{2, TwoCpus()};
};

TEST_F(FairnessTest, OneCallAtATimeBesideAClientWith256InFlight) {
  server_.AddModel(model_);
  const ClosedLoad greedy(server_, 256, {.client = 1});
  const ClosedLoad lone(server_, 1, {.client = 2});

  const Figures figures = Run(lone);

  Say("lone caller", figures);
  EXPECT_LT(figures.Percentile(0.5), 2 * kFullBatchMs);
  EXPECT_LT(figures.Percentile(0.99), 2.5 * kFullBatchMs);
}

TEST_F(FairnessTest, InteractiveCallsBeside256BulkOnes) {
  server_.AddModel(model_);
  const ClosedLoad bulk(server_, 256,
                        {.client = 1, .priority = Priority::kBulk});
  const ClosedLoad interactive(server_, 1, {.client = 2});

  const Figures figures = Run(interactive);

  Say("interactive", figures);
  // At most one batch of bulk before it.
  EXPECT_LT(figures.Percentile(0.5), kFullBatchMs);
  EXPECT_LT(figures.Percentile(0.99), 1.5 * kFullBatchMs);
}

TEST_F(FairnessTest, BulkDoesNotStarveBesideAFloodOfInteractiveCalls) {
  server_.AddModel(model_);
  const ClosedLoad flood(server_, 256, {.client = 1});
  const ClosedLoad bulk(server_, 64,
                        {.client = 2, .priority = Priority::kBulk});

  const Figures figures = Run(bulk);

  Say("bulk", figures);
  EXPECT_GT(figures.good_per_second, 0.05 * Capacity(model_, milliseconds(2)));
}

TEST_F(FairnessTest, AFastModelBeside128ClientsOfASlowOne) {
  const int slow = server_.AddModel({.first_picture = milliseconds(30),
                                     .each_further = milliseconds(25),
                                     .batch_size = 4});
  const int fast = server_.AddModel(model_);
  const ClosedLoad backlog(server_, 128, {.model = slow}, 100);
  const ClosedLoad lone(server_, 1, {.model = fast, .client = 2});

  const Figures figures = Run(lone);

  Say("fast model", figures);
  // At most one batch of the slow model before it, at half speed.
  EXPECT_LT(figures.Percentile(0.99), 2 * (30 + 3 * 25) + kFullBatchMs);
}

TEST_F(FairnessTest, AFastModelBeside1100ClientsOfASlowOneIsNotRefused) {
  const int slow = server_.AddModel({.first_picture = milliseconds(30),
                                     .each_further = milliseconds(25),
                                     .batch_size = 4});
  const int fast = server_.AddModel(model_);
  const ClosedLoad backlog(server_, 1100, {.model = slow}, 100);
  const ClosedLoad lone(server_, 1, {.model = fast, .client = 2});

  const Figures figures = Run(lone);

  EXPECT_EQ(figures.refused, 0);
  EXPECT_GT(figures.good_per_second, 3);
}

TEST_F(FairnessTest, SmallPicturesBesideManyHugeOnes) {
  server_.AddModel(model_);
  const VirtualRequest huge{
      .client = 1, .decode = milliseconds(220), .decoder_bytes = 150 << 20};
  const ClosedLoad bombs(server_, 100, huge);
  const ClosedLoad lone(server_, 1, {.client = 2});

  const Figures figures = Run(lone);

  Say("small pictures", figures);
  EXPECT_LT(figures.Percentile(0.99), 40);
}

TEST_F(FairnessTest, HugePicturesGetWhatCpuTimeIsLeft) {
  server_.AddModel(model_);
  const ClosedLoad huge(
      server_, 8,
      {.client = 1, .decode = milliseconds(220), .decoder_bytes = 64 << 20});

  const Figures figures = Run(huge);

  Say("huge pictures alone", figures);
  EXPECT_GT(figures.good_per_second, 0.9 * Capacity(model_, milliseconds(220)));
}

TEST_F(FairnessTest, SixteenClientsShareAlike) {
  server_.AddModel(model_);
  std::vector<std::unique_ptr<ClosedLoad>> loads;
  for (uint64_t client = 0; client < 16; ++client) {
    loads.push_back(std::make_unique<ClosedLoad>(
        server_, client % 2 == 0 ? 4 : 40, VirtualRequest{.client = client}));
  }

  Run(*loads[0]);

  // Answers take up to three seconds.
  const Period period{server_.now() - seconds(9), server_.now() - seconds(4)};
  const double share = Capacity(model_, std::chrono::microseconds(2500)) / 16;
  for (const auto& load : loads) {
    EXPECT_NEAR(FiguresOf(load->answers(), period).good_per_second, share,
                0.2 * share);
  }
}

}  // namespace
}  // namespace wanwu::simulation
