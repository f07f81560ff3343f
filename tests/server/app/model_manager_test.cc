#include "server/app/model_manager.h"

#include <filesystem>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::app {
namespace {

using ::testing::ElementsAre;

// Takes any picture, the grey ones of a warm-up among them.
class AnyPicture final : public model::Classifier {
 public:
  int class_count() const override { return 3; }
  image::TensorSpec tensor_spec() const override { return {8, 8, 8}; }
  std::string_view engine() const override { return "any picture"; }
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override {
    return std::make_unique<AnyReplica>();
  }

 private:
  class AnyReplica final : public model::Replica {
   public:
    absl::Status Classify(std::span<const image::PixelTensor* const>,
                          std::span<float>) override {
      return absl::OkStatus();
    }
  };
};

// A repository of versions of "tiny", whose loads the test lets fail.
class ModelManagerTest : public ::testing::Test {
 protected:
  void Write(int64_t version, const std::string& architecture = "tinynet") {
    nlohmann::json manifest = model::TinyManifest();
    manifest["version"] = std::to_string(version);
    manifest["architecture"] = architecture;
    const model::TemporaryDirectory draft;
    const auto written = model::WriteTinyPackage(draft.path(), manifest);
    const auto place = repository_.path() / "tiny" / std::to_string(version);
    std::filesystem::create_directories(place.parent_path());
    std::filesystem::remove_all(place);
    std::filesystem::copy(written, place);
  }

  void Start() {
    const auto listing = model::ScanModelRepository(repository_.path());
    manager_.Announce(*listing);
    manager_.Start(*listing, [] { return false; });
  }

  ~ModelManagerTest() override {
    if (HasFailure()) ADD_FAILURE() << lines_.str();
  }

  std::vector<int64_t> Ready() const {
    std::vector<int64_t> versions;
    for (const pipeline::CatalogEntry& entry : catalog_.List()) {
      if (entry.model != nullptr) versions.push_back(entry.version);
    }
    return versions;
  }

  absl::StatusOr<std::unique_ptr<model::Classifier>> Make(
      const model::Package& package) {
    ++loads_;
    if (failing_.contains(package.manifest.version)) {
      return absl::InvalidArgumentError("it is broken");
    }
    return std::make_unique<AnyPicture>();
  }

  const model::TemporaryDirectory repository_;
  std::set<int64_t> failing_;
  int loads_ = 0;
  pipeline::PipelineRig rig_;
  pipeline::ModelCatalog catalog_{"tiny"};
  model::BatchTimeStore store_{""};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
  ModelLoader loader_{
      {.max_batch_size = 1,
       .build = "test",
       .load_classifier =
           [this](const model::Package& package, model::Precision,
                  const std::vector<std::string>&) { return Make(package); }},
      rig_.pipeline(),
      catalog_,
      store_,
      log_};
  ModelManager manager_{
      {.repository = repository_.path(), .policy = {}, .default_model = "tiny"},
      loader_,
      rig_.pipeline(),
      catalog_,
      log_};
};

TEST_F(ModelManagerTest, ANewVersionIsLoadedWhenItLooksTheSameTwice) {
  Write(1);
  Start();
  Write(2);

  manager_.Poll();
  EXPECT_THAT(Ready(), ElementsAre(1));
  manager_.Poll();
  EXPECT_THAT(Ready(), ElementsAre(2));
}

TEST_F(ModelManagerTest, AVersionThatStillChangesIsNotLoaded) {
  Write(1);
  Start();
  for (const char* architecture : {"a", "b", "c"}) {
    Write(2, architecture);
    manager_.Poll();
  }
  EXPECT_THAT(Ready(), ElementsAre(1));

  manager_.Poll();
  EXPECT_THAT(Ready(), ElementsAre(2));
}

TEST_F(ModelManagerTest, PollsLoadNothingThatHasNotChanged) {
  Write(1);
  Start();
  const int loads = loads_;
  for (int i = 0; i < 4; ++i) manager_.Poll();
  EXPECT_EQ(loads_, loads);
}

TEST_F(ModelManagerTest, WhatCannotBeLoadedIsTriedAgainWhenItHasChanged) {
  Write(1);
  Start();
  failing_ = {2};
  Write(2);
  const int loads = loads_;
  for (int i = 0; i < 4; ++i) manager_.Poll();
  EXPECT_EQ(loads_, loads + 1);
  EXPECT_THAT(Ready(), ElementsAre(1));
  EXPECT_EQ(catalog_.Find("tiny", "2")->state, pipeline::ModelState::kFailed);

  failing_.clear();
  Write(2, "mended");
  for (int i = 0; i < 2; ++i) manager_.Poll();
  EXPECT_THAT(Ready(), ElementsAre(2));
}

TEST_F(ModelManagerTest, AReloadTriesAgainWhatCouldNotBeLoaded) {
  Write(1);
  Write(2);
  failing_ = {2};
  Start();
  EXPECT_THAT(Ready(), ElementsAre(1));

  failing_.clear();
  EXPECT_TRUE(manager_.Reload().ok());
  EXPECT_THAT(Ready(), ElementsAre(2));
}

TEST_F(ModelManagerTest, AFailedReplacementLeavesWhatIsThere) {
  Write(1);
  Start();
  const auto before = catalog_.Find("tiny", "1")->model;
  failing_ = {1};

  const absl::Status status = manager_.Load("tiny", "");

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(catalog_.Find("tiny", "1")->model, before);
}

TEST_F(ModelManagerTest, NothingTakesThePlaceOfWhatIsUnloadedByName) {
  Write(1);
  Write(2);
  Start();

  EXPECT_TRUE(manager_.Unload("tiny", "2").ok());
  for (int i = 0; i < 2; ++i) manager_.Poll();
  EXPECT_THAT(Ready(), ElementsAre());

  EXPECT_TRUE(manager_.Load("tiny", "").ok());
  EXPECT_THAT(Ready(), ElementsAre(2));
}

TEST_F(ModelManagerTest, ARepositoryThatCannotBeReadChangesNothing) {
  Write(1);
  Start();
  std::filesystem::rename(repository_.path(),
                          repository_.path().string() + ".away");
  for (int i = 0; i < 3; ++i) manager_.Poll();
  EXPECT_FALSE(manager_.Reload().ok());
  std::filesystem::rename(repository_.path().string() + ".away",
                          repository_.path());

  EXPECT_THAT(Ready(), ElementsAre(1));
}

TEST_F(ModelManagerTest, TheMemoryOfWhatIsReplacedIsFreed) {
  Write(1);
  Start();
  EXPECT_TRUE(manager_.Load("tiny", "").ok());
  EXPECT_EQ(rig_.pipeline().installed_count(), 2);

  manager_.FreeUnused();

  EXPECT_EQ(rig_.pipeline().installed_count(), 1);
}

}  // namespace
}  // namespace wanwu::app
