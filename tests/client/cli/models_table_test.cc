#include "client/cli/models_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const Palette kPlain(Palette::Mode::kPlain);

v1::Model ReadyModel() {
  v1::Model model;
  model.set_name("resnet18");
  model.set_version("2");
  model.set_state(v1::Model::STATE_READY);
  model.set_precision("int8");
  model.set_precision_reason("the CPU has VNNI");
  model.set_trained(true);
  model.set_batch_size(4);
  v1::Accuracy& accuracy = *model.mutable_accuracy();
  accuracy.set_top1(0.874F);
  accuracy.set_top5(0.97F);
  accuracy.set_images(500);
  return model;
}

void AddBatchTime(v1::Model& model, int batch_size, int milliseconds) {
  v1::BatchTime& time = *model.add_batch_times();
  time.set_batch_size(batch_size);
  time.mutable_duration()->set_nanos(milliseconds * 1'000'000);
}

TEST(ModelsTableTest, ShowsALinePerVersionAndMarksTheDefault) {
  v1::ListModelsResponse models;
  models.set_default_model("resnet18");
  *models.add_models() = ReadyModel();

  EXPECT_EQ(ModelsTable(models, kPlain),
            "MODEL               VERSION  STATE  PRECISION  BATCH  TRAINED  "
            "ACCURACY\n"
            "resnet18 (default)        2  ready  int8           4  yes      "
            "top-1 87.4 %, top-5 97.0 % on 500 pictures\n");
}

TEST(ModelsTableTest, ShowsAgreementWherePicturesHadNoLabels) {
  v1::ListModelsResponse models;
  v1::Model& model = *models.add_models();
  model = ReadyModel();
  model.clear_accuracy();
  v1::Accuracy& accuracy = *model.mutable_accuracy();
  accuracy.set_images(280);
  accuracy.set_agreement_with_fp32(0.982F);

  EXPECT_THAT(ModelsTable(models, kPlain),
              HasSubstr("as fp32 on 98.2 % of 280 pictures\n"));
}

TEST(ModelsTableTest, SaysWhyAModelFailed) {
  v1::ListModelsResponse models;
  v1::Model& model = *models.add_models();
  model.set_name("broken");
  model.set_version("1");
  model.set_state(v1::Model::STATE_FAILED);
  model.set_state_message("sha256 of model.fp32.pt differs");

  EXPECT_THAT(ModelsTable(models, kPlain),
              HasSubstr("broken 1: sha256 of model.fp32.pt differs\n"));
}

TEST(ModelsTableTest, SaysNothingOfAModelThatIsNotReadyButItsState) {
  v1::ListModelsResponse models;
  v1::Model& model = *models.add_models();
  model.set_name("resnet18");
  model.set_version("1");
  model.set_state(v1::Model::STATE_LOADING);

  EXPECT_THAT(ModelsTable(models, kPlain),
              HasSubstr("\nresnet18        1  loading  -              -  -"
                        "        -\n"));
  EXPECT_EQ(ModelDetails(model, kPlain),
            "model    resnet18\n"
            "version  1\n"
            "state    loading\n");
}

TEST(ModelsTableTest, SaysWhenWeightsAreRandomAndNothingWasMeasured) {
  v1::Model model = ReadyModel();
  model.set_trained(false);
  model.clear_accuracy();

  const std::string details = ModelDetails(model, kPlain);

  EXPECT_THAT(details, HasSubstr("no: random weights"));
  EXPECT_THAT(details, HasSubstr("not measured"));
}

TEST(ModelsTableTest, DetailsGiveThePrecisionsReasonAndBatchTimes) {
  v1::Model model = ReadyModel();
  AddBatchTime(model, 1, 5);
  AddBatchTime(model, 4, 16);

  const std::string details = ModelDetails(model, kPlain);

  EXPECT_THAT(details, HasSubstr("the CPU has VNNI"));
  EXPECT_THAT(details, HasSubstr("    1   5.00 ms       200.0\n"));
  EXPECT_THAT(details, HasSubstr("    4  16.00 ms       250.0  chosen\n"));
}

TEST(ModelsTableTest, DetailsTellWhetherSeveralClassesMayBeRight) {
  v1::Model model = ReadyModel();
  model.set_scores(v1::Model::SCORES_SOFTMAX);
  EXPECT_THAT(ModelDetails(model, kPlain), HasSubstr("add up to 100 %"));
  model.set_scores(v1::Model::SCORES_SIGMOID);
  EXPECT_THAT(ModelDetails(model, kPlain), HasSubstr("each class by itself"));
}

TEST(ModelsTableTest, DetailsLeaveOutWhatTheServerDoesNotSay) {
  const std::string details = ModelDetails(ReadyModel(), kPlain);

  EXPECT_THAT(details, Not(HasSubstr("licence")));
  EXPECT_THAT(details, Not(HasSubstr("scores")));
}

}  // namespace
}  // namespace wanwu::cli
