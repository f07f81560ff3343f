#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/model/cpu.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"

namespace wanwu::model {

// What --precision asks for.
enum class PrecisionRequest { kAuto, kFp32, kInt8 };

// "auto", "fp32" or "int8"; INVALID_ARGUMENT otherwise.
absl::StatusOr<PrecisionRequest> ParsePrecisionRequest(std::string_view text);

struct PrecisionChoice {
  Precision precision = Precision::kFp32;
  // Why, for people: part of a sentence, no full stop.
  std::string reason;
};

// kAuto takes int8 when the package has it and the CPU has VNNI, else fp32,
// else whatever there is. FAILED_PRECONDITION if the package lacks what is
// asked for.
absl::StatusOr<PrecisionChoice> ChoosePrecision(PrecisionRequest request,
                                                const Manifest& manifest,
                                                const Cpu& cpu);

}  // namespace wanwu::model
