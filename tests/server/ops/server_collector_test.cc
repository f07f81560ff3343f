#include "server/ops/server_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "server/rpc/request_record.h"
#include "tests/server/ops/shown_server.h"
#include "tests/support/pictures.h"

namespace wanwu::ops {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test_support::RequestFor;
using test_support::SetTestDeadline;
using wanwu::v1::ClassifyRequest;
using wanwu::v1::ClassifyResponse;

using Labels = std::map<std::string, std::string>;

Labels LabelsOf(const prometheus::ClientMetric& metric) {
  Labels labels;
  for (const auto& label : metric.label) labels[label.name] = label.value;
  return labels;
}

class ServerCollectorTest : public testing::Test {
 protected:
  ServerCollectorTest() { fake_ = server_.Install(); }

  prometheus::MetricFamily Family(const std::string& name) const {
    for (auto& family : collector_.Collect()) {
      if (family.name == name) return family;
    }
    ADD_FAILURE() << "no " << name;
    return {};
  }

  // Of all samples with these labels together.
  double Sum(const std::string& name, const Labels& wanted = {}) const {
    double sum = 0;
    for (const auto& metric : Family(name).metric) {
      const Labels labels = LabelsOf(metric);
      const bool matches = std::includes(labels.begin(), labels.end(),
                                         wanted.begin(), wanted.end());
      if (matches) sum += metric.counter.value + metric.gauge.value;
    }
    return sum;
  }

  grpc::StatusCode Classify(const ClassifyRequest& request,
                            grpc::ClientContext& context) {
    SetTestDeadline(context);
    ClassifyResponse response;
    return server_.stub().Classify(&context, request, &response).error_code();
  }

  grpc::StatusCode Classify(const ClassifyRequest& request) {
    grpc::ClientContext context;
    return Classify(request, context);
  }

  // A lane counts a batch after its pictures were answered.
  void AwaitPicturesRun(double pictures) const {
    while (Family("wanwu_batch_size").metric.at(0).histogram.sample_sum <
           pictures) {
      std::this_thread::yield();
    }
  }

  // Good and bad pictures through one stream.
  void Stream(int good, int bad) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    const auto stream = server_.stub().ClassifyBatch(&context);
    for (int i = 0; i < good + bad; ++i) {
      auto request = test_support::BatchRequestFor(std::to_string(i), i);
      if (i >= good) request.mutable_request()->set_image("no picture");
      ASSERT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
    wanwu::v1::ClassifyBatchResponse response;
    int answers = 0;
    while (stream->Read(&response)) ++answers;
    EXPECT_TRUE(stream->Finish().ok());
    EXPECT_EQ(answers, good + bad);
  }

  // Its model claims to take far longer than the caller has.
  grpc::StatusCode ClassifyTooLate() {
    server_.Install({.name = "slow", .time_per_picture = hours(1)});
    ClassifyRequest request = RequestFor(1);
    request.set_model("slow");
    return Classify(request);
  }

  // One that waits for a lane, and that its caller gives up.
  void CancelOne() {
    server_.OccupyLane(fake_);
    grpc::ClientContext context;
    std::thread caller([&] { Classify(RequestFor(1), context); });
    server_.AwaitJobs(2);
    context.TryCancel();
    caller.join();
    while (Sum("wanwu_queue_depth") != 1) server_.LetThePollerRun();
    fake_.classifier->gate().Open();
  }

  // What the caller is told comes a moment before it is counted.
  void AwaitNoneInProgress() {
    while (Sum("wanwu_requests_in_progress") != 0) server_.LetThePollerRun();
  }

  test_support::TestServer server_{{.max_message_bytes = 1 << 20}};
  test_support::FakeModel fake_;
  const OperatorParts parts_ = test_support::PartsOf(server_, server_.health());
  const ServerCollector collector_{parts_};
};

TEST_F(ServerCollectorTest, EverySeriesOfRequestsIsThereAtZero) {
  const auto family = Family("wanwu_requests_total");

  EXPECT_EQ(Sum("wanwu_requests_total"), 0);
  std::set<std::string> reasons;
  for (const auto& metric : family.metric) {
    if (LabelsOf(metric)["method"] == "Classify") {
      reasons.insert(LabelsOf(metric)["reason"]);
    }
  }
  EXPECT_TRUE(reasons.contains("QUEUE_FULL"));
  EXPECT_TRUE(reasons.contains(""));
  // With one for all other methods.
  EXPECT_EQ(family.metric.size(),
            (rpc::CountedMethods().size() + 1) * reasons.size());
}

TEST_F(ServerCollectorTest, WhatWasReceivedHasEndedOnceInSomeWay) {
  EXPECT_EQ(Classify(RequestFor(1)), grpc::StatusCode::OK);
  ClassifyRequest bad;
  bad.set_image("no picture");
  EXPECT_EQ(Classify(bad), grpc::StatusCode::INVALID_ARGUMENT);
  ClassifyRequest unknown = RequestFor(1);
  unknown.set_model("unknown");
  EXPECT_EQ(Classify(unknown), grpc::StatusCode::NOT_FOUND);
  Stream(5, 2);
  CancelOne();
  fake_.classifier->FailOn(9);
  EXPECT_EQ(Classify(RequestFor(9)), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(ClassifyTooLate(), grpc::StatusCode::DEADLINE_EXCEEDED);
  server_.pipeline().StopAdmission();
  EXPECT_EQ(Classify(RequestFor(1)), grpc::StatusCode::UNAVAILABLE);
  AwaitNoneInProgress();

  const auto ended = [this](const Labels& labels) {
    return Sum("wanwu_requests_total", labels);
  };
  EXPECT_EQ(Sum("wanwu_requests_received_total"), 14);
  EXPECT_EQ(ended({}), 14);
  EXPECT_EQ(ended({{"outcome", "answered"}}), 6);
  EXPECT_EQ(ended({{"method", "ClassifyBatch"}, {"code", "OK"}}), 5);
  EXPECT_EQ(ended({{"outcome", "invalid"}}), 4);
  EXPECT_EQ(ended({{"reason", "MODEL_NOT_FOUND"}, {"code", "NOT_FOUND"}}), 1);
  EXPECT_EQ(ended({{"outcome", "cancelled"}}), 1);
  EXPECT_EQ(ended({{"outcome", "failed"}}), 1);
  EXPECT_EQ(ended({{"outcome", "expired"}}), 1);
  EXPECT_EQ(ended({{"outcome", "refused"}, {"reason", "DRAINING"}}), 1);
}

TEST_F(ServerCollectorTest, StagesAddUpToTheWholeDuration) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(Classify(RequestFor(i)), grpc::StatusCode::OK);
  }

  double stages = 0;
  for (const auto& metric : Family("wanwu_stage_duration_seconds").metric) {
    EXPECT_EQ(metric.histogram.sample_count, 20u);
    stages += metric.histogram.sample_sum;
  }
  const auto total = Family("wanwu_request_duration_seconds").metric.at(0);
  EXPECT_EQ(total.histogram.sample_count, 20u);
  EXPECT_NEAR(stages, total.histogram.sample_sum, 1e-9);
  EXPECT_GT(stages, 0);
}

TEST_F(ServerCollectorTest, DamagedPicturesAreCountedIfTheyAreAnswered) {
  const test_support::Bytes damaged = test_support::DamagedPictureOf(5);
  ClassifyRequest request = RequestFor(5);
  EXPECT_EQ(Classify(request), grpc::StatusCode::OK);
  EXPECT_EQ(Sum("wanwu_damaged_pictures_total"), 0);

  request.set_image(std::string(damaged.begin(), damaged.end()));
  EXPECT_EQ(Classify(request), grpc::StatusCode::OK);
  EXPECT_EQ(Sum("wanwu_damaged_pictures_total", {{"model", "fake"}}), 1);
}

TEST_F(ServerCollectorTest, BatchesCountEachPictureOnce) {
  Stream(7, 0);
  AwaitPicturesRun(7);

  const auto batches = Family("wanwu_batch_size").metric.at(0);
  EXPECT_EQ(batches.histogram.sample_sum, 7);
  EXPECT_EQ(batches.histogram.bucket.back().cumulative_count,
            batches.histogram.sample_count);
}

TEST_F(ServerCollectorTest, QueueAndItsWaitShowWhatIsAdmitted) {
  const auto slow =
      server_.Install({.name = "slow", .time_per_picture = milliseconds(400)});
  server_.OccupyLane(slow);
  server_.AwaitJobs(1);

  EXPECT_EQ(Sum("wanwu_queue_depth"), 1);
  EXPECT_EQ(Sum("wanwu_model_queue_depth", {{"model", "slow"}}), 1);
  EXPECT_EQ(Sum("wanwu_model_queue_depth", {{"model", "fake"}}), 0);
  EXPECT_GE(Sum("wanwu_estimated_wait_seconds"), 0.4);
  EXPECT_GE(Sum("wanwu_model_estimated_wait_seconds", {{"model", "slow"}}),
            0.4);
  EXPECT_EQ(Sum("wanwu_lanes_busy"), 1);
}

TEST_F(ServerCollectorTest, LanesAndDecodersCountTheTimeThatTheyWork) {
  ASSERT_EQ(Classify(RequestFor(1)), grpc::StatusCode::OK);
  AwaitPicturesRun(1);

  EXPECT_GT(Sum("wanwu_decoder_busy_seconds_total", {{"pool", "ordinary"}}), 0);
  EXPECT_GT(Sum("wanwu_lane_busy_seconds_total"), 0);
}

TEST_F(ServerCollectorTest, ModelStatesAreToldApart) {
  server_.catalog().Put({.name = "late", .version = 2});

  EXPECT_EQ(Sum("wanwu_model_state", {{"model", "fake"}, {"state", "ready"}}),
            1);
  EXPECT_EQ(Sum("wanwu_model_state", {{"model", "late"}, {"state", "loading"}}),
            1);
  EXPECT_EQ(Sum("wanwu_model_state", {{"model", "late"}}), 1);
}

TEST_F(ServerCollectorTest, ProcessAndConnectionsAreShown) {
  ASSERT_EQ(Classify(RequestFor(1)), grpc::StatusCode::OK);

  EXPECT_GE(Sum("wanwu_connections_accepted_total"), 1);
  EXPECT_GT(Sum("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(Sum("process_open_fds"), 3);
  EXPECT_GT(Sum("process_cpu_seconds_total"), 0);
  EXPECT_EQ(Sum("wanwu_memory_limit_bytes", {{"part", "receive"}}), 10);
}

}  // namespace
}  // namespace wanwu::ops
