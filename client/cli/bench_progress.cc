#include "client/cli/bench_progress.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

using loadgen::Milliseconds;
using loadgen::Phase;
using loadgen::Seconds;

const char* PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kMeasuring:
      return "measuring";
    case Phase::kDraining:
      return "last answers";
    case Phase::kWarmUp:
      break;
  }
  return "warming up";
}

}  // namespace

std::string RenderBenchProgress(const loadgen::Load& load,
                                const loadgen::LoadProgress& progress,
                                int columns) {
  std::string line = absl::StrFormat(
      "%s  %s %.1f/%.3g s", LoadName(load), PhaseName(progress.phase),
      Seconds(progress.elapsed), Seconds(progress.planned));
  const loadgen::Window& window = progress.window;
  if (progress.phase == Phase::kMeasuring && window.answered > 0) {
    absl::StrAppendFormat(&line, "  %.0f/s  p50 %.1f ms  p99 %.1f ms",
                          window.Rate(), Milliseconds(window.p50),
                          Milliseconds(window.p99));
  }
  absl::StrAppendFormat(&line, "  %d in flight", progress.in_flight);
  if (window.failed > 0) {
    absl::StrAppendFormat(&line, "  %d failed", window.failed);
  }
  return Truncate(line, static_cast<std::size_t>(std::max(columns, 0)));
}

void BenchProgressLine::Update(const std::string& line) {
  terminal_ << "\r\x1b[K" << line << std::flush;
  drawn_ = true;
}

void BenchProgressLine::Hide() {
  if (!drawn_) return;
  terminal_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace wanwu::cli
