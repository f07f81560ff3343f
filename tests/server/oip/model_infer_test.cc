// ModelInfer, along the specification.
#include <gmock/gmock.h>

#include <thread>

#include "gtest/gtest.h"
#include "server/oip/batch_limit.h"
#include "tests/server/oip/infer_fixture.h"
#include "tests/support/rpc_errors.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;
using inference::ModelInferResponse;
using test_support::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kClasses = 1000;

const std::vector<std::string> kDatatypes = {"BYTES", "UINT8", "FP32"};

std::vector<float> FloatsOf(const std::string& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// The best class of each row.
std::vector<int> BestOf(const std::vector<float>& rows) {
  std::vector<int> best;
  for (size_t row = 0; row + kClasses <= rows.size(); row += kClasses) {
    best.push_back(
        test_support::BestClass(std::span(rows).subspan(row, kClasses)));
  }
  return best;
}

ModelInferRequest RawFiles(const std::vector<int>& pictures) {
  return RequestOf("BYTES", pictures, Contents::kRaw);
}

TEST(ModelInferTest, RawContentsOfEachKindAreAnsweredRaw) {
  InferServer server;
  server.Install({.version = 3});
  for (const std::string& datatype : kDatatypes) {
    ModelInferRequest request =
        RequestOf(datatype, {7, 301, 7}, Contents::kRaw);
    request.set_id("mine");

    const Inferred inferred = Infer(server, request);

    ASSERT_TRUE(inferred.status.ok()) << inferred.status.error_message();
    const ModelInferResponse& response = inferred.response;
    EXPECT_EQ(response.model_name(), request.model_name());
    EXPECT_EQ(response.model_version(), "3");
    EXPECT_EQ(response.id(), "mine");
    ASSERT_EQ(response.outputs_size(), 2);
    ASSERT_EQ(response.raw_output_contents_size(), 2);
    for (const auto& output : response.outputs()) {
      EXPECT_EQ(output.datatype(), "FP32");
      EXPECT_THAT(output.shape(), ElementsAre(3, kClasses));
      EXPECT_FALSE(output.has_contents());
    }
    EXPECT_EQ(response.outputs(0).name(), "logits");
    EXPECT_EQ(response.outputs(1).name(), "probabilities");
    const std::vector<float> logits = FloatsOf(response.raw_output_contents(0));
    EXPECT_THAT(BestOf(logits), ElementsAre(7, 301, 7));
    EXPECT_EQ(logits[7], 10);
    EXPECT_THAT(BestOf(FloatsOf(response.raw_output_contents(1))),
                ElementsAre(7, 301, 7));
  }
}

TEST(ModelInferTest, AnswerToADamagedPictureSaysWhatIsWrongWithIt) {
  InferServer server;
  server.Install();
  const test_support::Bytes damaged = test_support::DamagedPictureOf(7);
  ModelInferRequest request = RequestOf("BYTES", {301}, Contents::kTyped);
  auto& input = *request.mutable_inputs(0);
  input.mutable_contents()->set_bytes_contents(
      0, std::string(damaged.begin(), damaged.end()));

  const Inferred alone = Infer(server, request);
  input.set_shape(0, 2);
  input.mutable_contents()->add_bytes_contents(FileOf(301));
  const Inferred with_a_sound_one = Infer(server, request);
  const Inferred sound = Infer(server, RawFiles({301}));

  ASSERT_TRUE(alone.status.ok()) << alone.status.error_message();
  EXPECT_EQ(alone.response.parameters().at("warnings").string_param(),
            "the end of the file is missing");
  ASSERT_TRUE(with_a_sound_one.status.ok());
  EXPECT_EQ(
      with_a_sound_one.response.parameters().at("warnings").string_param(),
      "picture 0: the end of the file is missing");
  ASSERT_TRUE(sound.status.ok());
  EXPECT_FALSE(sound.response.parameters().contains("warnings"));
}

TEST(ModelInferTest, TypedContentsOfEachKindAreAnsweredTyped) {
  InferServer server;
  server.Install();
  for (const std::string& datatype : kDatatypes) {
    const Inferred inferred =
        Infer(server, RequestOf(datatype, {513, 255}, Contents::kTyped));

    ASSERT_TRUE(inferred.status.ok()) << inferred.status.error_message();
    EXPECT_EQ(inferred.response.raw_output_contents_size(), 0);
    ASSERT_EQ(inferred.response.outputs_size(), 2);
    for (const auto& output : inferred.response.outputs()) {
      const auto& values = output.contents().fp32_contents();
      EXPECT_THAT(BestOf({values.begin(), values.end()}),
                  ElementsAre(513, 255));
    }
  }
}

TEST(ModelInferTest, ProbabilitiesAddUpToOne) {
  InferServer server;
  server.Install({.classifier = {.class_count = 4}});

  const Inferred inferred =
      Infer(server, RequestOf("BYTES", {2}, Contents::kTyped));

  const auto& values = inferred.response.outputs(1).contents().fp32_contents();
  ASSERT_EQ(values.size(), 4);
  float sum = 0;
  for (const float value : values) sum += value;
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_GT(values[2], 0.99);
}

TEST(ModelInferTest, OutputsComeAsAskedForAndInThatOrder) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1});
  request.add_outputs()->set_name("probabilities");

  const Inferred one = Infer(server, request);
  request.add_outputs()->set_name("logits");
  const Inferred both = Infer(server, request);

  ASSERT_EQ(one.response.outputs_size(), 1);
  EXPECT_EQ(one.response.outputs(0).name(), "probabilities");
  ASSERT_EQ(both.response.outputs_size(), 2);
  EXPECT_EQ(both.response.outputs(1).name(), "logits");
}

TEST(ModelInferTest, ClassificationGivesScoreIndexAndLabel) {
  InferServer server;
  server.Install({.classifier = {.class_count = 5}});
  ModelInferRequest request = RequestOf("BYTES", {3, 4}, Contents::kTyped);
  auto& output = *request.add_outputs();
  output.set_name("logits");
  (*output.mutable_parameters())["classification"].set_int64_param(2);

  const Inferred typed = Infer(server, request);
  (*output.mutable_parameters())["classification"].set_uint64_param(99);
  const Inferred all = Infer(server, request);

  const auto& answer = typed.response.outputs(0);
  EXPECT_EQ(answer.datatype(), "BYTES");
  EXPECT_THAT(answer.shape(), ElementsAre(2, 2));
  EXPECT_THAT(answer.contents().bytes_contents(),
              ElementsAre("10.000000:3:class 3", "0.000000:0:class 0",
                          "10.000000:4:class 4", "0.000000:0:class 0"));
  EXPECT_THAT(all.response.outputs(0).shape(), ElementsAre(2, 5));
}

TEST(ModelInferTest, RawClassificationHasLengths) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({3});
  auto& output = *request.add_outputs();
  output.set_name("probabilities");
  (*output.mutable_parameters())["classification"].set_int64_param(1);

  const Inferred inferred = Infer(server, request);

  ASSERT_EQ(inferred.response.raw_output_contents_size(), 1);
  const std::string& raw = inferred.response.raw_output_contents(0);
  EXPECT_THAT(raw.substr(4), StartsWith("0."));
  EXPECT_THAT(raw, HasSubstr(":3:class 3"));
  EXPECT_EQ(raw, WithLength(raw.substr(4)));
}

TEST(ModelInferTest, VersionIsChosenOrTheNewest) {
  InferServer server;
  server.Install({.version = 1});
  server.Install({.version = 2});
  ModelInferRequest request = RequestOf("UINT8", {9}, Contents::kRaw);

  EXPECT_EQ(Infer(server, request).response.model_version(), "2");
  request.set_model_version("1");
  EXPECT_EQ(Infer(server, request).response.model_version(), "1");
  request.set_model_version("3");
  EXPECT_EQ(Infer(server, request).status.error_code(),
            grpc::StatusCode::NOT_FOUND);
  request.set_model_version("one");
  ExpectRefused(server, request, "must be a positive number");
}

TEST(ModelInferTest, ModelThatIsNotThereIsNotFound) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1});
  for (const char* name : {"nope", "nope_pixels", "_pixels", "fake_"}) {
    request.set_model_name(name);
    const grpc::Status status = Infer(server, request).status;
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND) << name;
    EXPECT_THAT(status.error_message(), HasSubstr(name));
  }
  request.clear_model_name();
  ExpectRefused(server, request, "must be named");
}

TEST(ModelInferTest, ModelsOwnNameGoesBeforeAnothersWithASuffix) {
  InferServer server;
  server.Install();
  server.Install({.name = "fake_pixels", .classifier = {.class_offset = 1}});
  ModelInferRequest request = RawFiles({5});
  request.set_model_name("fake_pixels");

  const Inferred inferred = Infer(server, request);

  ASSERT_TRUE(inferred.status.ok()) << inferred.status.error_message();
  EXPECT_THAT(BestOf(FloatsOf(inferred.response.raw_output_contents(0))),
              ElementsAre(6));
}

TEST(ModelInferTest, BatchOfFilesMayBeFlat) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RawFiles({1, 2});
  request.mutable_inputs(0)->mutable_shape()->Truncate(1);

  EXPECT_TRUE(Infer(server, request).status.ok());
}

TEST(ModelInferTest, OneBadPictureIsTheRequestsErrorWithItsIndex) {
  InferServer server({.decode_threads = 1});
  const FakeModel& model = server.Install();
  // So that the others cannot end by themselves.
  server.OccupyLane(model);
  const test_support::Bytes broken = test_support::BrokenPicture();
  ModelInferRequest request = RequestOf("BYTES", {1, 2, 3}, Contents::kTyped);
  request.mutable_inputs(0)->mutable_contents()->set_bytes_contents(
      1, std::string(broken.begin(), broken.end()));

  const grpc::Status status = Infer(server, request).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "IMAGE_DECODE_FAILED");
  EXPECT_THAT(status.error_message(), StartsWith("picture 1: "));
  server.AwaitJobs(1);
  EXPECT_EQ(model.classifier->pictures_seen(), 1);
}

TEST(ModelInferTest, EmptyElementIsAnEmptyImage) {
  InferServer server;
  server.Install();
  ModelInferRequest request = RequestOf("BYTES", {1, 2}, Contents::kTyped);
  request.mutable_inputs(0)->mutable_contents()->set_bytes_contents(0, "");

  const grpc::Status status = Infer(server, request).status;

  EXPECT_EQ(ReasonOf(status), "IMAGE_EMPTY");
  server.AwaitJobs(0);
}

TEST(ModelInferTest, WithoutRoomForAllNoneIsDone) {
  InferServer server({.queue_capacity = 8});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  std::thread other([&] { Infer(server, RawFiles({1, 2, 3, 4})); });
  server.AwaitJobs(5);

  const grpc::Status status = Infer(server, RawFiles({5, 6, 7, 8})).status;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "QUEUE_FULL");
  EXPECT_EQ(server.pipeline().admission().jobs(), 5);
  EXPECT_EQ(server.pipeline().admission().admitted(), 5);
  model.classifier->gate().Open();
  other.join();
}

// Else a caller would try again for ever.
TEST(ModelInferTest, MorePicturesThanTheQueueCanTakeAreACallersMistake) {
  InferServer server({.queue_capacity = 5});
  server.Install();

  EXPECT_TRUE(Infer(server, RawFiles({1, 2, 3})).status.ok());
  ExpectRefused(server, RawFiles({1, 2, 3, 4}), "must be 1 to 3");
}

TEST(ModelInferTest, CallerWhoLeavesTakesAllPicturesAlong) {
  InferServer server;
  server.OccupyLane(server.Install());
  grpc::ClientContext context;
  SetTestDeadline(context);
  ModelInferResponse response;
  grpc::Status status;
  std::thread caller([&] {
    status =
        server.inference().ModelInfer(&context, RawFiles({1, 2, 3}), &response);
  });
  server.AwaitJobs(4);

  context.TryCancel();
  caller.join();

  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  server.AwaitJobs(1);
}

TEST(ModelInferTest, TimeoutOfTheRequestIsADeadline) {
  InferServer server;
  // As it claims; the call's own deadline leaves more.
  server.Install({.time_per_picture = std::chrono::seconds(2)});
  ModelInferRequest request = RawFiles({1});

  EXPECT_TRUE(Infer(server, request).status.ok());
  (*request.mutable_parameters())["timeout"].set_int64_param(1'000'000);
  const grpc::Status status = Infer(server, request).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(ReasonOf(status), "DEADLINE_UNREACHABLE");
  (*request.mutable_parameters())["timeout"].set_int64_param(INT64_MAX);
  EXPECT_TRUE(Infer(server, request).status.ok());
  (*request.mutable_parameters())["timeout"].set_int64_param(-1);
  ExpectRefused(server, request, "must not be negative");
  (*request.mutable_parameters())["timeout"].set_string_param("soon");
  ExpectRefused(server, request, "must be an int64");
}

TEST(ModelInferTest, AnswersStayBelowWhatClientsTake) {
  InferServer server;
  server.Install();
  const std::vector<int> pictures(64, 1);
  ModelInferRequest request = RequestOf("UINT8", pictures, Contents::kRaw);

  const Inferred inferred = Infer(server, request);
  for (const char* name : {"logits", "probabilities"}) {
    auto& output = *request.add_outputs();
    output.set_name(name);
    (*output.mutable_parameters())["classification"].set_int64_param(1000);
  }

  ASSERT_TRUE(inferred.status.ok()) << inferred.status.error_message();
  EXPECT_LT(inferred.response.ByteSizeLong(), kMostAnswerBytes);
  ExpectRefused(server, request, "classes in all");
}

}  // namespace
}  // namespace wanwu::oip
