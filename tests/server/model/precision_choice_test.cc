#include "server/model/precision_choice.h"

#include <chrono>
#include <initializer_list>
#include <vector>

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

using Precisions = std::vector<Precision>;
using std::chrono::microseconds;

TEST(PrecisionCandidatesTest, AreThoseThatTheCpuHasInstructionsFor) {
  const Manifest manifest =
      Measuring(WithAll(), Precision::kBf16, {0.746, 0.9, 0.99, ""});

  EXPECT_EQ(FindCandidates(manifest, Everything()).precisions,
            (Precisions{Precision::kInt8, Precision::kBf16, Precision::kFp32}));
  EXPECT_EQ(FindCandidates(manifest, Everything()).objections, "");
  EXPECT_EQ(FindCandidates(manifest, Bf16()).precisions,
            (Precisions{Precision::kBf16, Precision::kFp32}));
  EXPECT_EQ(FindCandidates(manifest, Bf16()).objections,
            "this CPU has no VNNI for int8");
  const PrecisionCandidates old = FindCandidates(manifest, OldCpu());
  EXPECT_EQ(old.precisions, Precisions{Precision::kFp32});
  EXPECT_THAT(old.objections, HasSubstr("no VNNI"));
  EXPECT_THAT(old.objections, HasSubstr("no AVX512_BF16 or AMX"));
}

TEST(PrecisionCandidatesTest, Bf16MustHaveBeenMeasured) {
  const PrecisionCandidates candidates = FindCandidates(WithAll(), Bf16());

  EXPECT_EQ(candidates.precisions, Precisions{Precision::kFp32});
  EXPECT_THAT(candidates.objections, HasSubstr("was not measured"));
}

TEST(PrecisionCandidatesTest, AgreementAloneDecidesWherePicturesHadNoLabels) {
  Manifest manifest = Measuring(WithAll(), Precision::kFp32, {});
  manifest = Measuring(manifest, Precision::kBf16, {.agreement = 0.96});
  EXPECT_EQ(FindCandidates(manifest, Bf16()).precisions.front(),
            Precision::kBf16);

  manifest = Measuring(manifest, Precision::kBf16, {.agreement = 0.959});
  EXPECT_EQ(FindCandidates(manifest, Bf16()).precisions.front(),
            Precision::kFp32);
}

TEST(PrecisionCandidatesTest, AreNotBeyondTheBound) {
  const Accuracy disagrees = {0.75, 0.9, 0.959, ""};
  const Accuracy errs = {0.744, 0.9, 0.99, ""};
  for (const Accuracy& accuracy : {disagrees, errs}) {
    const PrecisionCandidates candidates = FindCandidates(
        Measuring(WithAll(), Precision::kInt8, accuracy), Vnni());

    EXPECT_EQ(candidates.precisions, Precisions{Precision::kFp32});
    EXPECT_THAT(candidates.objections, HasSubstr("int8 is outside the bound"));
  }
}

TEST(PrecisionCandidatesTest, AreWhatThePackageHas) {
  EXPECT_EQ(FindCandidates(With({Precision::kFp32}), Vnni()).precisions,
            Precisions{Precision::kFp32});
  const PrecisionCandidates only =
      FindCandidates(With({Precision::kInt8}), OldCpu());
  EXPECT_EQ(only.precisions, Precisions{Precision::kInt8});
  EXPECT_EQ(only.objections, "the package has nothing else");
}

TEST(PrecisionChoiceTest, AutoTakesTheFastestAndTellsTheTimes) {
  const Manifest manifest =
      Measuring(WithAll(), Precision::kBf16, {0.746, 0.9, 0.99, ""});
  const PrecisionTime tried[] = {{Precision::kBf16, microseconds(23'800)},
                                 {Precision::kFp32, microseconds(14'460)}};

  const PrecisionChoice choice =
      ChooseFastest(FindCandidates(manifest, Bf16()), tried, manifest);

  EXPECT_EQ(choice.precision, Precision::kFp32);
  EXPECT_EQ(choice.reason,
            "a picture takes 23.8 ms in bf16, 14.5 ms in fp32; this CPU has no "
            "VNNI for int8");
}

TEST(PrecisionChoiceTest, AutoTellsHowFarTheFastestAgrees) {
  const Manifest manifest =
      Measuring(WithAll(), Precision::kInt8, {0.748, 0.9, 0.982, ""});
  const PrecisionTime tried[] = {{Precision::kInt8, microseconds(8'200)},
                                 {Precision::kFp32, microseconds(32'300)}};

  const PrecisionChoice choice =
      ChooseFastest(FindCandidates(manifest, Vnni()), tried, manifest);

  EXPECT_EQ(choice.precision, Precision::kInt8);
  EXPECT_THAT(choice.reason, HasSubstr("the same first class as fp32 on 98.2 "
                                       "% of 500 pictures"));
}

TEST(PrecisionChoiceTest, ALaterOneMustBeClearlyFaster) {
  const PrecisionCandidates candidates = {{Precision::kInt8, Precision::kFp32},
                                          ""};
  const auto choose = [&](int int8_us, int fp32_us) {
    const PrecisionTime tried[] = {{Precision::kInt8, microseconds(int8_us)},
                                   {Precision::kFp32, microseconds(fp32_us)}};
    return ChooseFastest(candidates, tried, WithAll()).precision;
  };

  EXPECT_EQ(choose(1050, 1000), Precision::kInt8);
  EXPECT_EQ(choose(1060, 1000), Precision::kFp32);
}

TEST(PrecisionChoiceTest, TheOnlyCandidateNeedsNoTimes) {
  PrecisionCandidates candidates = {{Precision::kBf16, Precision::kFp32}, ""};
  candidates.Drop(Precision::kBf16, "is not for this network");

  const PrecisionChoice choice = ChooseFastest(candidates, {}, WithAll());

  EXPECT_EQ(choice.precision, Precision::kFp32);
  EXPECT_EQ(choice.reason, "bf16 is not for this network");
}

TEST(PrecisionChoiceTest, RequestIsFollowedWhateverTheCpu) {
  EXPECT_EQ(
      RequestedPrecision(PrecisionRequest::kFp32, WithAll(), Vnni())->precision,
      Precision::kFp32);
  const PrecisionChoice int8 =
      RequestedPrecision(PrecisionRequest::kInt8, WithAll(), OldCpu()).value();
  EXPECT_EQ(int8.precision, Precision::kInt8);
  EXPECT_THAT(int8.reason, HasSubstr("no VNNI"));
}

TEST(PrecisionChoiceTest, RequestForWhatIsMissingIsAnError) {
  const absl::Status status =
      RequestedPrecision(PrecisionRequest::kInt8, With({Precision::kFp32}),
                         Vnni())
          .status();

  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "model tiny version 7 has no int8");
}

TEST(PrecisionChoiceTest, Bf16IsFollowedToo) {
  EXPECT_EQ(
      RequestedPrecision(PrecisionRequest::kBf16, WithAll(), Bf16())->reason,
      "asked for");
  EXPECT_THAT(
      RequestedPrecision(PrecisionRequest::kBf16, WithAll(), OldCpu())->reason,
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
