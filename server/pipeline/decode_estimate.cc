#include "server/pipeline/decode_estimate.h"

#include <algorithm>
#include <chrono>

namespace wanwu::pipeline {
namespace {

using batching::Clock;

constexpr double kWeightOfNew = 1.0 / 16;
// One odd picture moves the factor by a sixteenth at most.
constexpr double kMostChange = 2;
constexpr double kLeastFactor = 0.02;
constexpr double kMostFactor = 50;

double Nanoseconds(Clock::Duration duration) {
  return std::chrono::duration<double, std::nano>(duration).count();
}

}  // namespace

DecodeEstimate::DecodeEstimate() {
  for (std::atomic<double>& factor : factors_) factor.store(1);
}

Clock::Duration DecodeEstimate::TimeOf(const image::PictureProbe& probe) const {
  const double factor = factors_[static_cast<size_t>(probe.kind)].load();
  return std::chrono::duration_cast<Clock::Duration>(
      factor * std::chrono::duration<double, std::nano>(probe.decode_time));
}

void DecodeEstimate::Observe(const image::PictureProbe& probe,
                             Clock::Duration observed) {
  if (probe.decode_time.count() <= 0) return;
  std::atomic<double>& kept = factors_[static_cast<size_t>(probe.kind)];
  const double factor = kept.load();
  const double ratio = std::clamp(
      Nanoseconds(observed) / static_cast<double>(probe.decode_time.count()),
      factor / kMostChange, factor * kMostChange);
  kept.store(std::clamp(factor + kWeightOfNew * (ratio - factor), kLeastFactor,
                        kMostFactor));
}

}  // namespace wanwu::pipeline
