#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/model/cpu.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"

namespace wanwu::model {

// What --precision asks for.
enum class PrecisionRequest { kAuto, kFp32, kBf16, kInt8 };

// "auto" or a precision's name; INVALID_ARGUMENT otherwise.
absl::StatusOr<PrecisionRequest> ParsePrecisionRequest(std::string_view text);

// How far a precision may be from fp32 for kAuto to take it, on the pictures
// that the package was measured with: the bound of docs/model-package.md.
inline constexpr double kMinAgreement = 0.96;
inline constexpr double kMaxTop1Loss = 0.005;

struct PrecisionChoice {
  Precision precision = Precision::kFp32;
  // Why, for people: part of a sentence, no full stop.
  std::string reason;
};

// kAuto takes the first of int8, bf16 and fp32 that the package has, that the
// CPU has instructions for, and whose measured agreement with fp32 is within
// the bound (packages hold int8 only if it is; bf16 must have been measured);
// else whatever there is. FAILED_PRECONDITION if the package lacks what is
// asked for.
absl::StatusOr<PrecisionChoice> ChoosePrecision(PrecisionRequest request,
                                                const Manifest& manifest,
                                                const Cpu& cpu);

}  // namespace wanwu::model
