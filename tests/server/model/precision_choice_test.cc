#include "server/model/precision_choice.h"

#include <initializer_list>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::HasSubstr;

Manifest With(std::initializer_list<Precision> precisions) {
  Manifest manifest;
  manifest.name = "tiny";
  manifest.version = 7;
  for (const Precision precision : precisions) {
    manifest.precisions[precision] = {};
  }
  return manifest;
}

Manifest WithBoth() { return With({Precision::kFp32, Precision::kInt8}); }

Cpu Vnni() { return {"a CPU", {"avx512_vnni"}}; }
Cpu NoVnni() { return {"a CPU", {"avx2"}}; }

TEST(PrecisionChoiceTest, AutoTakesInt8WhereTheCpuHasVnni) {
  const PrecisionChoice choice =
      ChoosePrecision(PrecisionRequest::kAuto, WithBoth(), Vnni()).value();

  EXPECT_EQ(choice.precision, Precision::kInt8);
  EXPECT_THAT(choice.reason, HasSubstr("VNNI"));
}

TEST(PrecisionChoiceTest, AutoTakesFp32WithoutVnni) {
  const PrecisionChoice choice =
      ChoosePrecision(PrecisionRequest::kAuto, WithBoth(), NoVnni()).value();

  EXPECT_EQ(choice.precision, Precision::kFp32);
  EXPECT_EQ(choice.reason, "this CPU has no VNNI");
}

TEST(PrecisionChoiceTest, AutoTakesWhatThePackageHas) {
  EXPECT_EQ(
      ChoosePrecision(PrecisionRequest::kAuto, With({Precision::kFp32}), Vnni())
          ->precision,
      Precision::kFp32);
  EXPECT_EQ(ChoosePrecision(PrecisionRequest::kAuto, With({Precision::kInt8}),
                            NoVnni())
                ->precision,
            Precision::kInt8);
}

TEST(PrecisionChoiceTest, RequestIsFollowedWhateverTheCpu) {
  EXPECT_EQ(
      ChoosePrecision(PrecisionRequest::kFp32, WithBoth(), Vnni())->precision,
      Precision::kFp32);
  const PrecisionChoice int8 =
      ChoosePrecision(PrecisionRequest::kInt8, WithBoth(), NoVnni()).value();
  EXPECT_EQ(int8.precision, Precision::kInt8);
  EXPECT_THAT(int8.reason, HasSubstr("no VNNI"));
}

TEST(PrecisionChoiceTest, RequestForWhatIsMissingIsAnError) {
  const absl::Status status =
      ChoosePrecision(PrecisionRequest::kInt8, With({Precision::kFp32}), Vnni())
          .status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "model tiny version 7 has no int8");
}

TEST(PrecisionRequestTest, ParsesItsThreeWordsOnly) {
  EXPECT_EQ(ParsePrecisionRequest("auto").value(), PrecisionRequest::kAuto);
  EXPECT_EQ(ParsePrecisionRequest("fp32").value(), PrecisionRequest::kFp32);
  EXPECT_EQ(ParsePrecisionRequest("int8").value(), PrecisionRequest::kInt8);
  EXPECT_EQ(ParsePrecisionRequest("INT8").status().message(),
            "must be auto, fp32 or int8, not \"INT8\"");
}

}  // namespace
}  // namespace wanwu::model
