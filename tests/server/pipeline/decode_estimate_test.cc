#include "server/pipeline/decode_estimate.h"

#include <chrono>

#include "gtest/gtest.h"

namespace wanwu::pipeline {
namespace {

using image::DecodeKind;
using image::PictureProbe;
using std::chrono::milliseconds;

PictureProbe Probe(DecodeKind kind, milliseconds time) {
  PictureProbe probe;
  probe.kind = kind;
  probe.decode_time = time;
  return probe;
}

TEST(DecodeEstimateTest, BelievesTheProbeAtFirst) {
  const DecodeEstimate estimate;

  EXPECT_EQ(estimate.TimeOf(Probe(DecodeKind::kPng, milliseconds(7))),
            milliseconds(7));
}

TEST(DecodeEstimateTest, FollowsASlowerMachineForAllSizesOfThatKind) {
  DecodeEstimate estimate;
  for (int i = 0; i < 100; ++i) {
    estimate.Observe(Probe(DecodeKind::kPng, milliseconds(2)), milliseconds(6));
  }

  const auto time = estimate.TimeOf(Probe(DecodeKind::kPng, milliseconds(10)));

  EXPECT_NEAR(std::chrono::duration<double>(time).count(), 0.030, 0.001);
  EXPECT_EQ(estimate.TimeOf(Probe(DecodeKind::kWebpLossy, milliseconds(10))),
            milliseconds(10));
}

TEST(DecodeEstimateTest, OneOddPictureMovesItLittle) {
  DecodeEstimate estimate;
  estimate.Observe(Probe(DecodeKind::kPng, milliseconds(1)),
                   milliseconds(1000));

  EXPECT_LE(estimate.TimeOf(Probe(DecodeKind::kPng, milliseconds(16))),
            milliseconds(17));
}

TEST(DecodeEstimateTest, APictureThatCostsNothingTeachesNothing) {
  DecodeEstimate estimate;
  estimate.Observe(Probe(DecodeKind::kPng, milliseconds(0)), milliseconds(5));

  EXPECT_EQ(estimate.TimeOf(Probe(DecodeKind::kPng, milliseconds(3))),
            milliseconds(3));
}

}  // namespace
}  // namespace wanwu::pipeline
