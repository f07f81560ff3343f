#include "server/app/readiness.h"

#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/served_models.h"

namespace wanwu::app {
namespace {

using rpc::Serving;
using testing::HasSubstr;
using testing::Not;

class ReadinessTest : public testing::Test {
 protected:
  void Load(int64_t version) {
    catalog_.Put({.name = "fake",
                  .version = version,
                  .state = pipeline::ModelState::kReady,
                  .model = test_support::MakeFakeModel().served});
    readiness_.Update();
  }

  void Unload(int64_t version) {
    catalog_.Remove("fake", version);
    readiness_.Update();
  }

  Serving Ready() { return health_.Get(rpc::kReadiness).value(); }

  pipeline::ModelCatalog catalog_{"fake"};
  rpc::HealthState health_{{"", rpc::kReadiness, rpc::kLiveness}};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
  Readiness readiness_{{"", rpc::kReadiness}, catalog_, health_, log_};
};

TEST_F(ReadinessTest, AModelAloneIsNotEnough) {
  Load(1);
  EXPECT_EQ(Ready(), Serving::kNo);

  readiness_.Begin();
  EXPECT_EQ(Ready(), Serving::kYes);
  EXPECT_EQ(health_.Get(""), Serving::kYes);
}

TEST_F(ReadinessTest, GoesWithTheLastModelAndComesWithTheNext) {
  Load(1);
  Load(2);
  readiness_.Begin();

  Unload(2);
  EXPECT_EQ(Ready(), Serving::kYes);
  Unload(1);
  EXPECT_EQ(Ready(), Serving::kNo);
  EXPECT_EQ(health_.Get(""), Serving::kNo);
  Load(3);
  EXPECT_EQ(Ready(), Serving::kYes);
}

TEST_F(ReadinessTest, AModelThatLoadsOrFailedDoesNotCount) {
  readiness_.Begin();
  catalog_.Put({.name = "fake", .version = 1});
  catalog_.Put(
      {.name = "fake", .version = 2, .state = pipeline::ModelState::kFailed});
  readiness_.Update();

  EXPECT_EQ(Ready(), Serving::kNo);
}

TEST_F(ReadinessTest, ALoadDuringTheDrainDoesNotBringItBack) {
  Load(1);
  readiness_.Begin();
  readiness_.End();
  Load(2);

  EXPECT_EQ(Ready(), Serving::kNo);
}

TEST_F(ReadinessTest, LeavesLivenessAlone) {
  health_.Set(rpc::kLiveness, Serving::kYes);
  Load(1);
  readiness_.Begin();
  Unload(1);

  EXPECT_EQ(health_.Get(rpc::kLiveness), Serving::kYes);
}

TEST_F(ReadinessTest, SaysOnceThatNoModelIsLeft) {
  Load(1);
  readiness_.Begin();
  EXPECT_THAT(lines_.str(), Not(HasSubstr("no_model_to_serve")));
  Unload(1);
  const std::string said = lines_.str();
  EXPECT_THAT(said, HasSubstr("no_model_to_serve"));
  readiness_.Update();

  EXPECT_EQ(lines_.str(), said);
}

}  // namespace
}  // namespace wanwu::app
