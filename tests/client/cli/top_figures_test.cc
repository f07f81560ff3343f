#include "client/cli/top_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

google::protobuf::Duration Ms(int64_t milliseconds) {
  google::protobuf::Duration duration;
  duration.set_seconds(milliseconds / 1000);
  duration.set_nanos(static_cast<int>(milliseconds % 1000) * 1'000'000);
  return duration;
}

v1::ServerStatus At(int64_t milliseconds) {
  v1::ServerStatus status;
  *status.mutable_uptime() = Ms(milliseconds);
  return status;
}

void SetErrors(v1::ServerStatus& status, const std::string& reason,
               int64_t count) {
  v1::ReasonCount& each = *status.add_errors_by_reason();
  each.set_reason(reason);
  each.set_count(count);
}

TEST(TopFiguresTest, RatesNeedTwoReports) {
  TopHistory history;
  EXPECT_EQ(history.newest(), nullptr);
  history.Add(At(1000));
  EXPECT_FALSE(history.Rates().has_value());
  history.Add(At(2000));
  EXPECT_TRUE(history.Rates().has_value());
}

TEST(TopFiguresTest, CountsTheErrorsOfTheTimeBetween) {
  TopHistory history;
  v1::ServerStatus before = At(1000);
  SetErrors(before, "QUEUE_FULL", 7);
  SetErrors(before, "CANCELLED", 4);
  v1::ServerStatus after = At(3000);
  SetErrors(after, "QUEUE_FULL", 7);
  SetErrors(after, "CANCELLED", 10);
  SetErrors(after, "IMAGE_DECODE_FAILED", 1);
  history.Add(before);
  history.Add(after);

  EXPECT_THAT(
      history.Rates()->errors,
      ElementsAre(Pair("CANCELLED", 3.0), Pair("IMAGE_DECODE_FAILED", 0.5)));
}

TEST(TopFiguresTest, StagesAreMeansOverThePicturesBetween) {
  TopHistory history;
  v1::ServerStatus before = At(1000);
  before.mutable_stages()->set_pictures(10);
  *before.mutable_stages()->mutable_decode() = Ms(1000);
  v1::ServerStatus after = At(2000);
  after.mutable_stages()->set_pictures(14);
  *after.mutable_stages()->mutable_decode() = Ms(1020);
  *after.mutable_stages()->mutable_queue() = Ms(4);
  *after.mutable_stages()->mutable_inference() = Ms(40);
  history.Add(before);
  history.Add(after);

  const auto stages = history.Rates()->stages;
  ASSERT_TRUE(stages.has_value());
  EXPECT_NEAR(stages->decode, 5, 1e-9);
  EXPECT_NEAR(stages->queue, 1, 1e-9);
  EXPECT_NEAR(stages->inference, 10, 1e-9);

  history.Clear();
  history.Add(after);
  *after.mutable_uptime() = Ms(3000);
  history.Add(after);
  EXPECT_FALSE(history.Rates()->stages.has_value());
}

TEST(TopFiguresTest, DecodersAreBusyByTheThreadsOfOnePool) {
  const auto report = [](int64_t at, int64_t ordinary, int64_t large) {
    v1::ServerStatus status = At(at);
    for (const int64_t busy : {ordinary, large}) {
      v1::DecoderPool& pool = *status.add_decoders();
      pool.set_threads(2);
      *pool.mutable_busy() = Ms(busy);
    }
    return status;
  };
  TopHistory history;
  history.Add(report(1000, 0, 500));
  history.Add(report(2000, 800, 700));

  EXPECT_DOUBLE_EQ(history.Rates()->decoders, 0.5);
}

TEST(TopFiguresTest, KeepsWhatReachesBackFiveSeconds) {
  TopHistory history;
  for (int second = 0; second <= 20; ++second) {
    v1::ServerStatus status = At(second * 1000);
    if (second >= 15) SetErrors(status, "OLD", 1);
    history.Add(status);
  }

  // From second 15 to second 20.
  EXPECT_THAT(history.Rates()->errors, IsEmpty());
}

TEST(TopFiguresTest, AServerThatStartedAnewBeginsAnew) {
  TopHistory history;
  history.Add(At(100'000));
  history.Add(At(101'000));
  history.Add(At(10));

  EXPECT_FALSE(history.Rates().has_value());
  EXPECT_EQ(Seconds(history.newest()->uptime()), 0.01);
}

TEST(TopFiguresTest, MeansOfBatchesAndLanes) {
  v1::ServerStatus status;
  EXPECT_FALSE(MeanBatch(status).has_value());
  EXPECT_EQ(LaneShare(status), 0);
  for (const int size : {1, 4}) {
    v1::BatchSizeCount& batches = *status.add_batch_sizes();
    batches.set_size(size);
    batches.set_count(size == 1 ? 2 : 1);
  }
  status.add_lanes()->set_utilisation(0.5);
  status.add_lanes()->set_utilisation(1);

  EXPECT_DOUBLE_EQ(*MeanBatch(status), 2);
  EXPECT_DOUBLE_EQ(LaneShare(status), 0.75);
}

}  // namespace
}  // namespace wanwu::cli
