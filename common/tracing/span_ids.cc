#include "common/tracing/span_ids.h"

#include <limits>

#include "absl/random/random.h"

namespace wanwu::tracing {
namespace {

// Seeded from the system's, for each thread: two processes never share ids.
uint64_t RandomNumber() {
  thread_local absl::BitGen random;
  return absl::Uniform<uint64_t>(absl::IntervalClosed, random, 1,
                                 std::numeric_limits<uint64_t>::max());
}

}  // namespace

uint64_t NewSpanId() { return RandomNumber(); }

SpanReference NewTrace() {
  return {RandomNumber(), RandomNumber(), RandomNumber()};
}

bool InRatio(const SpanReference& trace, double ratio) {
  if (ratio >= 1) return true;
  constexpr double kNumbers = 0x1p64;
  return static_cast<double>(trace.trace_low) < ratio * kNumbers;
}

}  // namespace wanwu::tracing
