#include "server/oip/infer_answer.h"

#include <gmock/gmock.h>

#include <cmath>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "tests/support/served_models.h"

namespace wanwu::oip {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<inference::ModelInferResponse> Answer(
    const std::vector<float>& row, const WantedOutput& wanted) {
  const auto model = test_support::MakeFakeModel(
      {.classifier = {.class_count = static_cast<int>(row.size())}});
  const InferPlan plan{.model = {kInputKinds, test_support::ReadyEntry(model)},
                       .pictures = 1,
                       .outputs = {wanted}};
  const std::vector<float>* rows[] = {&row};
  return MakeAnswer(plan, "id", rows);
}

TEST(InferAnswerTest, ClassesOfLogitsAreOrderedByLogit) {
  // The last three have the same probability, zero.
  const std::vector<float> row = {0, -2000, -1000, -1000.5F};

  const auto answer =
      Answer(row, {.kind = OutputKind::kLogits, .classification = 4});

  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->outputs(0).contents().bytes_contents(),
              ElementsAre("0.000000:0:class 0", "-1000.000000:2:class 2",
                          "-1000.500000:3:class 3", "-2000.000000:1:class 1"));
}

TEST(InferAnswerTest, LogitsThatAreNoNumbersAreAnErrorInEveryForm) {
  for (const float odd : {NAN, INFINITY}) {
    for (const OutputKind kind : kOutputKinds) {
      for (const int classification : {0, 2}) {
        const auto answer = Answer(
            {1, odd, 2}, {.kind = kind, .classification = classification});
        EXPECT_EQ(errors::Reason(answer.status()), "INFERENCE_FAILED")
            << odd << ' ' << OutputName(kind) << ' ' << classification;
      }
    }
  }
}

}  // namespace
}  // namespace wanwu::oip
