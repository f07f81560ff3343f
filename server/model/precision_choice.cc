#include "server/model/precision_choice.h"

#include <array>
#include <cmath>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wanwu::model {
namespace {

// What mostly is fastest first.
constexpr std::array kBySpeed = {Precision::kInt8, Precision::kBf16,
                                 Precision::kFp32};

absl::string_view Name(Precision precision) {
  const std::string_view name = PrecisionName(precision);
  return {name.data(), name.size()};
}

bool RunsNatively(Precision precision, const Cpu& cpu) {
  switch (precision) {
    case Precision::kInt8:
      return cpu.HasVnni();
    case Precision::kBf16:
      return cpu.HasBf16();
    case Precision::kFp32:
      return true;
  }
  return true;
}

absl::string_view Instructions(Precision precision) {
  return precision == Precision::kInt8 ? "VNNI" : "AVX512_BF16 or AMX";
}

// Null if it was not measured.
const Accuracy* FindAccuracy(const Manifest& manifest, Precision precision) {
  if (!manifest.measured) return nullptr;
  const auto found = manifest.measured->accuracy.find(precision);
  return found == manifest.measured->accuracy.end() ? nullptr : &found->second;
}

bool IsWithinBound(const Accuracy& accuracy, const Accuracy* fp32) {
  // A hair's breadth, so that a loss of exactly the limit passes.
  constexpr double kHair = 1e-9;
  return accuracy.agreement >= kMinAgreement &&
         (fp32 == nullptr || !fp32->top1 || !accuracy.top1 ||
          *fp32->top1 - *accuracy.top1 <= kMaxTop1Loss + kHair);
}

std::string AgreementText(const Accuracy& accuracy, const Manifest& manifest) {
  return absl::StrCat("the same first class as fp32 on ",
                      std::round(1000 * accuracy.agreement) / 10, " % of ",
                      manifest.measured->images, " pictures");
}

// Why kAuto passes a precision over; nothing if it does not.
std::optional<std::string> Objection(Precision precision,
                                     const Manifest& manifest, const Cpu& cpu) {
  if (!manifest.precisions.contains(precision)) {
    return absl::StrCat("the package has no ", Name(precision));
  }
  if (!RunsNatively(precision, cpu)) {
    return absl::StrCat("this CPU has no ", Instructions(precision), " for ",
                        Name(precision));
  }
  if (precision == Precision::kFp32) return std::nullopt;
  const Accuracy* accuracy = FindAccuracy(manifest, precision);
  if (accuracy == nullptr) {
    if (precision == Precision::kInt8) return std::nullopt;
    return absl::StrCat("how well ", Name(precision),
                        " agrees with fp32 was not measured");
  }
  if (IsWithinBound(*accuracy, FindAccuracy(manifest, Precision::kFp32))) {
    return std::nullopt;
  }
  return absl::StrCat(Name(precision), " is outside the bound, with ",
                      AgreementText(*accuracy, manifest));
}

void AppendTo(std::string& reason, absl::string_view part) {
  if (part.empty()) return;
  absl::StrAppend(&reason, reason.empty() ? "" : "; ", part);
}

std::string AgreementOf(Precision precision, const Manifest& manifest) {
  const Accuracy* accuracy = FindAccuracy(manifest, precision);
  if (precision == Precision::kFp32 || accuracy == nullptr) return "";
  return AgreementText(*accuracy, manifest);
}

// "a picture takes 8.2 ms in int8, 16.3 ms in bf16".
std::string TimesText(std::span<const PrecisionTime> tried) {
  std::string text;
  for (const PrecisionTime& time : tried) {
    const double ms =
        std::chrono::duration<double, std::milli>(time.picture).count();
    absl::StrAppend(&text, text.empty() ? "a picture takes " : ", ",
                    std::round(ms * 10) / 10, " ms in ", Name(time.precision));
  }
  return text;
}

Precision Requested(PrecisionRequest request) {
  switch (request) {
    case PrecisionRequest::kBf16:
      return Precision::kBf16;
    case PrecisionRequest::kInt8:
      return Precision::kInt8;
    case PrecisionRequest::kAuto:
    case PrecisionRequest::kFp32:
      return Precision::kFp32;
  }
  return Precision::kFp32;
}

std::string RequestedReason(Precision precision, const Cpu& cpu) {
  if (RunsNatively(precision, cpu)) return "asked for";
  // Of int8, what oneDNN documents.
  return absl::StrCat(
      "asked for, though this CPU has no ", Instructions(precision), ": slower",
      precision == Precision::kInt8 ? ", and sums may saturate" : "");
}

}  // namespace

absl::StatusOr<PrecisionRequest> ParsePrecisionRequest(std::string_view text) {
  if (text == "auto") return PrecisionRequest::kAuto;
  if (text == "fp32") return PrecisionRequest::kFp32;
  if (text == "bf16") return PrecisionRequest::kBf16;
  if (text == "int8") return PrecisionRequest::kInt8;
  return absl::InvalidArgumentError(
      absl::StrCat("must be auto, fp32, bf16 or int8, not \"",
                   absl::string_view(text.data(), text.size()), "\""));
}

absl::StatusOr<PrecisionChoice> RequestedPrecision(PrecisionRequest request,
                                                   const Manifest& manifest,
                                                   const Cpu& cpu) {
  const Precision asked = Requested(request);
  if (!manifest.precisions.contains(asked)) {
    return absl::FailedPreconditionError(
        absl::StrCat("model ", manifest.name, " version ", manifest.version,
                     " has no ", Name(asked)));
  }
  return PrecisionChoice{asked, RequestedReason(asked, cpu)};
}

void PrecisionCandidates::Drop(Precision precision, std::string_view why) {
  std::erase(precisions, precision);
  AppendTo(objections, absl::StrCat(Name(precision), " ",
                                    absl::string_view(why.data(), why.size())));
}

PrecisionCandidates FindCandidates(const Manifest& manifest, const Cpu& cpu) {
  PrecisionCandidates candidates;
  for (const Precision precision : kBySpeed) {
    const auto objection = Objection(precision, manifest, cpu);
    if (objection) {
      AppendTo(candidates.objections, *objection);
    } else {
      candidates.precisions.push_back(precision);
    }
  }
  if (candidates.precisions.empty()) {
    candidates = {{manifest.precisions.begin()->first},
                  "the package has nothing else"};
  }
  return candidates;
}

PrecisionChoice ChooseFastest(const PrecisionCandidates& candidates,
                              std::span<const PrecisionTime> tried,
                              const Manifest& manifest) {
  constexpr double kWorthIt = 0.95;
  PrecisionChoice choice{candidates.precisions.front(), TimesText(tried)};
  std::chrono::duration<double> best = std::chrono::hours(1);
  for (const PrecisionTime& time : tried) {
    if (time.picture >= kWorthIt * best) continue;
    choice.precision = time.precision;
    best = time.picture;
  }
  AppendTo(choice.reason, AgreementOf(choice.precision, manifest));
  AppendTo(choice.reason, candidates.objections);
  return choice;
}

}  // namespace wanwu::model
