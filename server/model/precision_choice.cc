#include "server/model/precision_choice.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wanwu::model {
namespace {

// What int8 does on such a CPU is oneDNN's documented behaviour.
constexpr char kNoVnni[] =
    "asked for, though this CPU has no VNNI: slower, and sums may saturate";

absl::string_view Name(Precision precision) {
  const std::string_view name = PrecisionName(precision);
  return {name.data(), name.size()};
}

PrecisionChoice ChooseAutomatically(const Manifest& manifest, const Cpu& cpu) {
  const bool has_fp32 = manifest.precisions.contains(Precision::kFp32);
  const bool has_int8 = manifest.precisions.contains(Precision::kInt8);
  if (!has_fp32) return {Precision::kInt8, "the package has nothing else"};
  if (!has_int8) return {Precision::kFp32, "the package has no int8"};
  if (!cpu.HasVnni()) return {Precision::kFp32, "this CPU has no VNNI"};
  return {Precision::kInt8, "the package has int8 and this CPU has VNNI"};
}

}  // namespace

absl::StatusOr<PrecisionRequest> ParsePrecisionRequest(std::string_view text) {
  if (text == "auto") return PrecisionRequest::kAuto;
  if (text == "fp32") return PrecisionRequest::kFp32;
  if (text == "int8") return PrecisionRequest::kInt8;
  return absl::InvalidArgumentError(
      absl::StrCat("must be auto, fp32 or int8, not \"",
                   absl::string_view(text.data(), text.size()), "\""));
}

absl::StatusOr<PrecisionChoice> ChoosePrecision(PrecisionRequest request,
                                                const Manifest& manifest,
                                                const Cpu& cpu) {
  if (request == PrecisionRequest::kAuto) {
    return ChooseAutomatically(manifest, cpu);
  }
  const Precision asked =
      request == PrecisionRequest::kInt8 ? Precision::kInt8 : Precision::kFp32;
  if (!manifest.precisions.contains(asked)) {
    return absl::FailedPreconditionError(
        absl::StrCat("model ", manifest.name, " version ", manifest.version,
                     " has no ", Name(asked)));
  }
  const bool saturates = asked == Precision::kInt8 && !cpu.HasVnni();
  return PrecisionChoice{asked, saturates ? kNoVnni : "asked for"};
}

}  // namespace wanwu::model
