#include "server/app/model_loader.h"

#include <map>
#include <sstream>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"
#include "tests/server/pipeline/pipeline_rig.h"
#include "tests/support/fake_classifier.h"
#include "tests/support/fake_clock.h"

namespace wanwu::app {
namespace {

using model::BatchTime;
using model::Precision;
using model::PrecisionRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A package with fp32 alone, whose bf16 was measured to agree, on a CPU that
// has it; but its network cannot run in bf16.
class NoBf16Test : public ::testing::Test {
 protected:
  NoBf16Test() {
    nlohmann::json manifest = model::TinyManifest();
    manifest["precisions"].erase("int8");
    manifest["measured"]["bf16"] = {
        {"top1", 0.7}, {"top5", 0.9}, {"agreement", 0.99}};
    location_ = {"tiny", 7,
                 model::WriteTinyPackage(repository_.path(), manifest)};
  }

  absl::StatusOr<ModelLoader::Loaded> Load(PrecisionRequest precision) {
    ModelLoader loader({.precision = precision,
                        .build = "test",
                        .cpu = {"a CPU", {"avx512_bf16"}},
                        .load_classifier = FakeUnlessBf16},
                       rig_.pipeline(), catalog_, store_, log_);
    return loader.Load(location_);
  }

 private:
  static absl::StatusOr<std::unique_ptr<model::Classifier>> FakeUnlessBf16(
      const model::Package&, Precision precision,
      const std::vector<std::string>&) {
    if (precision == Precision::kBf16) {
      return absl::UnimplementedError("no trunk");
    }
    return std::make_unique<test_support::FakeClassifier>();
  }

  const model::TemporaryDirectory repository_;
  model::PackageLocation location_;
  pipeline::PipelineRig rig_;
  pipeline::ModelCatalog catalog_{"tiny"};
  model::BatchTimeStore store_{""};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
};

TEST_F(NoBf16Test, AutoTakesFp32AndSaysWhy) {
  const auto loaded = Load(PrecisionRequest::kAuto);

  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->model->precision().precision, Precision::kFp32);
  EXPECT_EQ(loaded->model->precision().reason,
            "the package has no int8; bf16 is not for this network");
}

TEST_F(NoBf16Test, AskedForItIsAnError) {
  EXPECT_THAT(std::string(Load(PrecisionRequest::kBf16).status().message()),
              HasSubstr("no trunk"));
}

// A package of all three precisions on a CPU that has instructions for them.
TEST(ModelLoaderTest, AutoServesWhatIsFastestHere) {
  nlohmann::json manifest = model::TinyManifest();
  for (const char* precision : {"bf16", "int8"}) {
    manifest["measured"][precision] = {
        {"top1", 0.75}, {"top5", 0.9}, {"agreement", 0.99}};
  }
  const model::TemporaryDirectory repository;
  const model::PackageLocation location{
      "tiny", 7, model::WriteTinyPackage(repository.path(), manifest)};
  pipeline::PipelineRig rig;
  pipeline::ModelCatalog catalog("tiny");
  model::BatchTimeStore store("");
  std::ostringstream lines;
  logging::Logger log({}, lines);
  std::map<const model::Classifier*, Precision> precisions;
  const std::map<Precision, int> ms = {
      {Precision::kInt8, 16}, {Precision::kBf16, 24}, {Precision::kFp32, 15}};
  ModelLoader loader(
      {.build = "test",
       .cpu = {"a CPU", {"avx512_vnni", "avx512_bf16"}},
       .load_classifier =
           [&](const model::Package&, Precision precision,
               const std::vector<std::string>&) {
             auto classifier = std::make_unique<test_support::FakeClassifier>();
             precisions[classifier.get()] = precision;
             return classifier;
           },
       .time_picture =
           [&](model::Classifier& classifier) {
             return std::chrono::milliseconds(
                 ms.at(precisions.at(&classifier)));
           }},
      rig.pipeline(), catalog, store, log);

  const auto loaded = loader.Load(location);

  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const pipeline::ServedModel& served = *loaded->model;
  EXPECT_EQ(served.precision().precision, Precision::kFp32);
  EXPECT_EQ(precisions.at(&served.classifier()), Precision::kFp32);
  EXPECT_THAT(served.precision().reason,
              HasSubstr("16 ms in int8, 24 ms in bf16, 15 ms in fp32"));
}

// Each batch that its warm-up runs lets a job of the model in service come.
class NosyClassifier final : public model::Classifier {
 public:
  NosyClassifier(pipeline::PipelineRig& rig,
                 const test_support::FakeModel& in_service)
      : rig_(rig), in_service_(in_service) {}

  int class_count() const override { return 1000; }
  image::TensorSpec tensor_spec() const override { return {8, 8, 8}; }
  std::string_view engine() const override { return "nosy"; }
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override {
    return std::make_unique<NosyReplica>(*this);
  }

 private:
  class NosyReplica final : public model::Replica {
   public:
    explicit NosyReplica(NosyClassifier& parent) : parent_(parent) {}
    absl::Status Classify(std::span<const image::PixelTensor* const>,
                          std::span<float>) override {
      return parent_.Look();
    }

   private:
    NosyClassifier& parent_;
  };

  absl::Status Look() {
    if (last_ != nullptr && last_->times_done() == 0) {
      return absl::InternalError("a request waited for the whole warm-up");
    }
    last_ = &rig_.Submit(in_service_, 1);
    // Once the only decoder is through with the next one, this one waits for
    // the lane.
    rig_.Submit(in_service_, 2);
    while (rig_.pipeline().admission().bytes() > 0) std::this_thread::yield();
    return absl::OkStatus();
  }

  pipeline::PipelineRig& rig_;
  const test_support::FakeModel& in_service_;
  test_support::TrackedJob* last_ = nullptr;
};

TEST(ModelLoaderTest, AModelInServiceIsAnsweredBetweenTheBatchesOfAWarmUp) {
  const model::TemporaryDirectory repository;
  const model::PackageLocation location{
      "tiny", 7,
      model::WriteTinyPackage(repository.path(), model::TinyManifest())};
  pipeline::PipelineRig rig;
  const test_support::FakeModel& in_service =
      rig.Install({.max_batch_size = 4});
  pipeline::ModelCatalog catalog("tiny");
  model::BatchTimeStore store("");
  std::ostringstream lines;
  logging::Logger log({}, lines);
  ModelLoader loader({.max_batch_size = 4,
                      .build = "test",
                      .load_classifier =
                          [&](const model::Package&, Precision,
                              const std::vector<std::string>&) {
                            return std::make_unique<NosyClassifier>(rig,
                                                                    in_service);
                          }},
                     rig.pipeline(), catalog, store, log);

  const absl::Status status =
      loader.PutIntoService(location, loader.Load(location));

  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(in_service.classifier->pictures_seen(), 4);
}

// Every picture of a batch takes it a second.
class SlowClassifier final : public model::Classifier {
 public:
  explicit SlowClassifier(test_support::FakeClock& clock) : clock_(clock) {}

  int class_count() const override { return 1000; }
  image::TensorSpec tensor_spec() const override { return {8, 8, 8}; }
  std::string_view engine() const override { return "slow"; }
  std::vector<std::string> algorithms() const override { return {"fastest"}; }
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override {
    return std::make_unique<SlowReplica>(clock_);
  }

 private:
  class SlowReplica final : public model::Replica {
   public:
    explicit SlowReplica(test_support::FakeClock& clock) : clock_(clock) {}
    absl::Status Classify(std::span<const image::PixelTensor* const> pictures,
                          std::span<float>) override {
      clock_.Advance(std::chrono::seconds(pictures.size()));
      return absl::OkStatus();
    }

   private:
    test_support::FakeClock& clock_;
  };

  test_support::FakeClock& clock_;
};

class SlowModelTest : public ::testing::Test {
 protected:
  absl::Status Load() {
    return loader_.PutIntoService(location_, loader_.Load(location_));
  }

  const model::TemporaryDirectory repository_;
  const model::PackageLocation location_{
      "tiny", 7,
      model::WriteTinyPackage(repository_.path(), model::TinyManifest())};
  test_support::FakeClock clock_;
  pipeline::PipelineRig rig_{{}, clock_};
  pipeline::ModelCatalog catalog_{"tiny"};
  model::BatchTimeStore store_{""};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
  // What each load knew.
  std::vector<std::vector<std::string>> known_;
  ModelLoader loader_{{.max_batch_size = 4,
                       .build = "test",
                       .load_classifier =
                           [this](const model::Package&, Precision,
                                  const std::vector<std::string>& algorithms) {
                             known_.push_back(algorithms);
                             return std::make_unique<SlowClassifier>(clock_);
                           }},
                      rig_.pipeline(),
                      catalog_,
                      store_,
                      log_};
};

TEST_F(SlowModelTest, ItsWarmUpIsItsMeasurement) {
  const auto before = clock_.Now();

  const absl::Status status = Load();

  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(clock_.Now() - before, std::chrono::seconds(1 + 2 + 3 + 4));
  EXPECT_THAT(catalog_.FindReady("tiny", "").value()->batch_times(),
              ElementsAre(BatchTime{1, std::chrono::seconds(1)},
                          BatchTime{2, std::chrono::seconds(2)},
                          BatchTime{3, std::chrono::seconds(3)},
                          BatchTime{4, std::chrono::seconds(4)}));
}

TEST_F(SlowModelTest, WhatATrialFoundIsKnownToTheNextLoad) {
  for (int load = 0; load < 2; ++load) {
    const absl::Status status = Load();
    ASSERT_TRUE(status.ok()) << status;
  }

  EXPECT_EQ(known_, (std::vector<std::vector<std::string>>{{}, {"fastest"}}));
}

}  // namespace
}  // namespace wanwu::app
