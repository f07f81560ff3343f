#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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

// What is asked for, which is not kAuto. FAILED_PRECONDITION if the package
// lacks it.
absl::StatusOr<PrecisionChoice> RequestedPrecision(PrecisionRequest request,
                                                   const Manifest& manifest,
                                                   const Cpu& cpu);

// What kAuto may take.
struct PrecisionCandidates {
  // At least one; what mostly is fastest first.
  std::vector<Precision> precisions;
  // Why not the others, for people; may be empty.
  std::string objections;

  // `why` follows its name: "is not for this network".
  void Drop(Precision precision, std::string_view why);
};

// Those of int8, bf16 and fp32 that the package has, that the CPU has
// instructions for, and whose measured agreement with fp32 is within the bound
// (packages hold int8 only if it is; bf16 must have been measured); else
// whatever there is.
PrecisionCandidates FindCandidates(const Manifest& manifest, const Cpu& cpu);

// How long a picture takes in a precision.
struct PrecisionTime {
  Precision precision = Precision::kFp32;
  std::chrono::nanoseconds picture{};
};

// The fastest of the candidates in the order in which they were tried, each of
// which must be 5 % faster than the best before it, so that neighbours on the
// machine rarely decide; without times the first candidate.
PrecisionChoice ChooseFastest(const PrecisionCandidates& candidates,
                              std::span<const PrecisionTime> tried,
                              const Manifest& manifest);

}  // namespace wanwu::model
