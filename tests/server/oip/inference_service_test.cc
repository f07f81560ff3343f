// Everything but inference: health, metadata and Triton's extensions.
#include "server/oip/inference_service.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/oip/infer_fixture.h"
#include "tests/support/rpc_errors.h"

namespace wanwu::oip {
namespace {

using namespace inference;  // NOLINT
using Stub = GRPCInferenceService::Stub;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

template <typename Request, typename Response>
struct Answered {
  grpc::Status status;
  Response response;
};

template <typename Request, typename Response>
Answered<Request, Response> Ask(
    InferServer& server,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    const Request& request = {}) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  Answered<Request, Response> answered;
  answered.status =
      (server.inference().*method)(&context, request, &answered.response);
  return answered;
}

template <typename Request>
Request Named(const std::string& name, const std::string& version = "") {
  Request request;
  request.set_name(name);
  request.set_version(version);
  return request;
}

void PutLoading(InferServer& server, const std::string& name) {
  server.catalog().Put(
      {.name = name, .version = 1, .state = pipeline::ModelState::kLoading});
}

TEST(InferenceServiceTest, ServerIsLiveAndReadyAsItsHealthSays) {
  InferServer server;

  EXPECT_TRUE(Ask(server, &Stub::ServerLive).response.live());
  EXPECT_FALSE(Ask(server, &Stub::ServerReady).response.ready());
  server.health().Set("", rpc::Serving::kYes);
  EXPECT_TRUE(Ask(server, &Stub::ServerReady).response.ready());
}

TEST(InferenceServiceTest, ModelIsReadyOnceItAnswers) {
  InferServer server;
  server.Install();
  PutLoading(server, "late");
  const auto ready = [&](const std::string& name, const std::string& version) {
    return Ask(server, &Stub::ModelReady,
               Named<ModelReadyRequest>(name, version));
  };

  for (const char* name : {"fake", "fake_pixels", "fake_tensor"}) {
    EXPECT_TRUE(ready(name, "").response.ready()) << name;
    EXPECT_TRUE(ready(name, "1").response.ready()) << name;
    EXPECT_FALSE(ready(name, "2").response.ready()) << name;
  }
  EXPECT_FALSE(ready("late", "").response.ready());
  EXPECT_TRUE(ready("nope", "").status.ok());
  EXPECT_FALSE(ready("nope", "").response.ready());
  EXPECT_EQ(ready("fake", "x").status.error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(InferenceServiceTest, ServerTellsNameVersionAndExtensions) {
  InferServer server;

  const auto metadata = Ask(server, &Stub::ServerMetadata).response;

  EXPECT_EQ(metadata.name(), "wanwu");
  EXPECT_EQ(metadata.version(), "1.2.3");
  EXPECT_THAT(metadata.extensions(), Contains("classification"));
  EXPECT_THAT(metadata.extensions(), Contains("statistics"));
  // That one is of the REST form.
  EXPECT_THAT(metadata.extensions(), Not(Contains("binary_tensor_data")));
}

TEST(InferenceServiceTest, EachNameHasOneTypeOfInput) {
  InferServer server;
  server.Install({.version = 1});
  server.Install({.version = 4, .classifier = {.class_count = 10}});
  const auto ask = [&](const std::string& name) {
    return Ask(server, &Stub::ModelMetadata, Named<ModelMetadataRequest>(name))
        .response;
  };

  for (const auto& [name, tensor, datatype] :
       {std::tuple("fake", "image", "BYTES"),
        {"fake_pixels", "pixels", "UINT8"},
        {"fake_tensor", "tensor", "FP32"}}) {
    const ModelMetadataResponse metadata = ask(name);
    EXPECT_EQ(metadata.name(), name);
    EXPECT_THAT(metadata.versions(), ElementsAre("4", "1"));
    EXPECT_EQ(metadata.platform(), "pytorch_torchscript");
    ASSERT_EQ(metadata.inputs_size(), 1);
    EXPECT_EQ(metadata.inputs(0).name(), tensor);
    EXPECT_EQ(metadata.inputs(0).datatype(), datatype);
    ASSERT_EQ(metadata.outputs_size(), 2);
    EXPECT_EQ(metadata.outputs(0).name(), "logits");
    EXPECT_EQ(metadata.outputs(1).name(), "probabilities");
    EXPECT_THAT(metadata.outputs(1).shape(), ElementsAre(-1, 10));
  }
  EXPECT_THAT(ask("fake").inputs(0).shape(), ElementsAre(-1, 1));
  EXPECT_THAT(ask("fake_pixels").inputs(0).shape(), ElementsAre(-1, 8, 8, 3));
  EXPECT_THAT(ask("fake_tensor").inputs(0).shape(), ElementsAre(-1, 3, 8, 8));
}

TEST(InferenceServiceTest, WhatIsNotReadyHasNoMetadata) {
  InferServer server;
  PutLoading(server, "late");
  const auto code = [&](const std::string& name) {
    return Ask(server, &Stub::ModelMetadata, Named<ModelMetadataRequest>(name))
        .status.error_code();
  };

  EXPECT_EQ(code("late"), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(code("nope"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code(""), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST(InferenceServiceTest, ConfigurationIsInTritonsWords) {
  InferServer server({.lanes = 2});
  server.Install({.max_batch_size = 5});

  const ModelConfig config =
      Ask(server, &Stub::ModelConfig, Named<ModelConfigRequest>("fake_tensor"))
          .response.config();

  EXPECT_EQ(config.name(), "fake_tensor");
  EXPECT_EQ(config.max_batch_size(), 64);
  EXPECT_EQ(config.input(0).data_type(), TYPE_FP32);
  EXPECT_EQ(config.input(0).format(), ModelInput::FORMAT_NCHW);
  EXPECT_THAT(config.input(0).dims(), ElementsAre(3, 8, 8));
  EXPECT_THAT(config.output(0).dims(), ElementsAre(1000));
  EXPECT_EQ(config.instance_group(0).count(), 2);
  EXPECT_THAT(config.dynamic_batching().preferred_batch_size(), ElementsAre(5));
}

TEST(InferenceServiceTest, ConfigurationTellsWhatTheServerIsSetTo) {
  InferServer server({.queue_capacity = 9, .max_message_bytes = 4096});
  server.Install();
  const auto most = [&](const std::string& name) {
    return Ask(server, &Stub::ModelConfig, Named<ModelConfigRequest>(name))
        .response.config()
        .max_batch_size();
  };

  EXPECT_EQ(most("fake"), 5);
  EXPECT_EQ(most("fake_tensor"), 4);
}

TEST(InferenceServiceTest, StatisticsCountPicturesAndBatches) {
  InferServer server;
  const FakeModel& model = server.Install({.max_batch_size = 4});
  server.Install({.name = "idle"});
  const auto before = std::chrono::system_clock::now();
  model.classifier->FailOn(13);
  ASSERT_TRUE(
      Infer(server, RequestOf("UINT8", {1}, Contents::kRaw)).status.ok());
  ASSERT_TRUE(
      Infer(server, RequestOf("BYTES", {2}, Contents::kRaw)).status.ok());
  EXPECT_FALSE(
      Infer(server, RequestOf("BYTES", {13}, Contents::kRaw)).status.ok());

  const auto all = Ask(server, &Stub::ModelStatistics).response;
  const auto one = Ask(server, &Stub::ModelStatistics,
                       Named<ModelStatisticsRequest>("fake_pixels", "1"))
                       .response;

  ASSERT_EQ(all.model_stats_size(), 2);
  EXPECT_EQ(all.model_stats(1).name(), "idle");
  EXPECT_EQ(all.model_stats(1).last_inference(), 0);
  ASSERT_EQ(one.model_stats_size(), 1);
  const auto& stats = one.model_stats(0);
  EXPECT_EQ(stats.name(), "fake_pixels");
  EXPECT_EQ(stats.version(), "1");
  EXPECT_EQ(stats.inference_count(), 2);
  EXPECT_EQ(stats.execution_count(), 2);
  EXPECT_EQ(stats.inference_stats().success().count(), 2);
  EXPECT_EQ(stats.inference_stats().fail().count(), 1);
  EXPECT_GT(stats.inference_stats().compute_input().ns(), 0);
  EXPECT_EQ(stats.inference_stats().compute_infer().count(), 2);
  ASSERT_EQ(stats.batch_stats_size(), 1);
  EXPECT_EQ(stats.batch_stats(0).batch_size(), 1);
  EXPECT_EQ(stats.batch_stats(0).compute_infer().count(), 2);
  EXPECT_GE(stats.last_inference() + 1,
            static_cast<uint64_t>(
                std::chrono::duration_cast<std::chrono::milliseconds>(
                    before.time_since_epoch())
                    .count()));
}

TEST(InferenceServiceTest, IndexHasEveryNameAndState) {
  InferServer server;
  server.Install();
  PutLoading(server, "late");
  RepositoryIndexRequest only_ready;
  only_ready.set_ready(true);

  const auto all = Ask(server, &Stub::RepositoryIndex).response;
  const auto ready = Ask(server, &Stub::RepositoryIndex, only_ready).response;

  std::vector<std::string> states;
  for (const auto& model : all.models()) {
    states.push_back(model.name() + " " + model.version() + " " +
                     model.state());
  }
  EXPECT_THAT(states,
              ElementsAre("fake 1 READY", "fake_pixels 1 READY",
                          "fake_tensor 1 READY", "late 1 LOADING",
                          "late_pixels 1 LOADING", "late_tensor 1 LOADING"));
  EXPECT_EQ(ready.models_size(), 3);
}

TEST(InferenceServiceTest, LoadingIsForOperators) {
  InferServer server;

  const grpc::Status load = Ask(server, &Stub::RepositoryModelLoad).status;
  const grpc::Status unload = Ask(server, &Stub::RepositoryModelUnload).status;

  EXPECT_EQ(load.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(load.error_message(), HasSubstr("wanwu.v1.Admin"));
  EXPECT_EQ(unload.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace wanwu::oip
