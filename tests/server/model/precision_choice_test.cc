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

Manifest WithAll() {
  return With({Precision::kFp32, Precision::kBf16, Precision::kInt8});
}

Manifest Measuring(Manifest manifest, Precision precision,
                   const Accuracy& accuracy) {
  if (!manifest.measured) {
    manifest.measured = Measured{"some", 500, {}};
    manifest.measured->accuracy[Precision::kFp32] = {0.75, 0.9, 1, ""};
  }
  manifest.measured->accuracy[precision] = accuracy;
  return manifest;
}

Cpu Vnni() { return {"a CPU", {"avx512_vnni"}}; }
Cpu Bf16() { return {"a CPU", {"avx512_bf16"}}; }
Cpu Everything() { return {"a CPU", {"avx512_vnni", "avx512_bf16"}}; }
Cpu OldCpu() { return {"a CPU", {"avx2"}}; }

PrecisionChoice ChooseAuto(const Manifest& manifest, const Cpu& cpu) {
  return ChoosePrecision(PrecisionRequest::kAuto, manifest, cpu).value();
}

TEST(PrecisionChoiceTest, AutoTakesInt8WhereTheCpuHasVnni) {
  const PrecisionChoice choice = ChooseAuto(WithAll(), Everything());

  EXPECT_EQ(choice.precision, Precision::kInt8);
  EXPECT_EQ(choice.reason, "this CPU has VNNI");
}

TEST(PrecisionChoiceTest, AgreementAloneDecidesWherePicturesHadNoLabels) {
  Manifest manifest = Measuring(WithAll(), Precision::kFp32, {});
  manifest = Measuring(manifest, Precision::kBf16, {.agreement = 0.96});
  EXPECT_EQ(ChooseAuto(manifest, Bf16()).precision, Precision::kBf16);

  manifest = Measuring(manifest, Precision::kBf16, {.agreement = 0.959});
  EXPECT_EQ(ChooseAuto(manifest, Bf16()).precision, Precision::kFp32);
}

TEST(PrecisionChoiceTest, AutoTakesBf16WhereOnlyThatIsNativeAndMeasured) {
  const Manifest measured =
      Measuring(WithAll(), Precision::kBf16, {0.746, 0.9, 0.99, ""});

  const PrecisionChoice choice = ChooseAuto(measured, Bf16());

  EXPECT_EQ(choice.precision, Precision::kBf16);
  EXPECT_EQ(choice.reason,
            "this CPU has no VNNI for int8; this CPU has AVX512_BF16 or AMX, "
            "and the same first class as fp32 on 99 % of 500 pictures");
  EXPECT_EQ(ChooseAuto(WithAll(), Bf16()).precision, Precision::kFp32);
}

TEST(PrecisionChoiceTest, AutoTakesFp32WithoutInstructionsForLess) {
  const PrecisionChoice choice = ChooseAuto(WithAll(), OldCpu());

  EXPECT_EQ(choice.precision, Precision::kFp32);
  EXPECT_THAT(choice.reason, HasSubstr("no VNNI"));
  EXPECT_THAT(choice.reason, HasSubstr("no AVX512_BF16 or AMX"));
}

TEST(PrecisionChoiceTest, AutoTakesNothingBeyondTheBound) {
  const Accuracy disagrees = {0.75, 0.9, 0.959, ""};
  const Accuracy errs = {0.744, 0.9, 0.99, ""};
  for (const Accuracy& accuracy : {disagrees, errs}) {
    const PrecisionChoice choice =
        ChooseAuto(Measuring(WithAll(), Precision::kInt8, accuracy), Vnni());

    EXPECT_EQ(choice.precision, Precision::kFp32);
    EXPECT_THAT(choice.reason, HasSubstr("int8 is outside the bound"));
  }
}

TEST(PrecisionChoiceTest, AutoTakesWhatThePackageHas) {
  EXPECT_EQ(
      ChoosePrecision(PrecisionRequest::kAuto, With({Precision::kFp32}), Vnni())
          ->precision,
      Precision::kFp32);
  EXPECT_EQ(ChoosePrecision(PrecisionRequest::kAuto, With({Precision::kInt8}),
                            OldCpu())
                ->precision,
            Precision::kInt8);
}

TEST(PrecisionChoiceTest, RequestIsFollowedWhateverTheCpu) {
  EXPECT_EQ(
      ChoosePrecision(PrecisionRequest::kFp32, WithAll(), Vnni())->precision,
      Precision::kFp32);
  const PrecisionChoice int8 =
      ChoosePrecision(PrecisionRequest::kInt8, WithAll(), OldCpu()).value();
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

TEST(PrecisionChoiceTest, Bf16IsFollowedToo) {
  EXPECT_EQ(ChoosePrecision(PrecisionRequest::kBf16, WithAll(), Bf16())->reason,
            "asked for");
  EXPECT_THAT(
      ChoosePrecision(PrecisionRequest::kBf16, WithAll(), OldCpu())->reason,
      HasSubstr("slower"));
}

TEST(PrecisionRequestTest, ParsesItsFourWordsOnly) {
  EXPECT_EQ(ParsePrecisionRequest("auto").value(), PrecisionRequest::kAuto);
  EXPECT_EQ(ParsePrecisionRequest("fp32").value(), PrecisionRequest::kFp32);
  EXPECT_EQ(ParsePrecisionRequest("bf16").value(), PrecisionRequest::kBf16);
  EXPECT_EQ(ParsePrecisionRequest("int8").value(), PrecisionRequest::kInt8);
  EXPECT_EQ(ParsePrecisionRequest("INT8").status().message(),
            "must be auto, fp32, bf16 or int8, not \"INT8\"");
}

}  // namespace
}  // namespace wanwu::model
