#include "common/logging/access_log.h"

#include <cmath>
#include <limits>

namespace wanwu::logging {
namespace {

constexpr uint64_t kAll = std::numeric_limits<uint64_t>::max();

uint64_t Threshold(double ratio) {
  if (ratio >= 1) return kAll;
  return static_cast<uint64_t>(std::ldexp(ratio, 64));
}

// The mixing of splitmix64: numbers in a row give ones without a pattern.
uint64_t Mix(uint64_t number) {
  number *= 0x9E3779B97F4A7C15;
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EB;
  return number ^ (number >> 31);
}

}  // namespace

AccessLog::AccessLog(const Options& options, Logger& log,
                     RateLimitedLog& limited)
    : threshold_(Threshold(options.ratio)),
      slow_(options.slow),
      log_(log),
      limited_(limited) {}

bool AccessLog::Ended(std::chrono::nanoseconds took,
                      const std::function<Fields()>& describe) {
  if (slow_.count() != 0 && took > slow_) {
    limited_.Log(Level::kWarning, "slow_request", describe);
  }
  const bool sampled = Sampled() && log_.Enabled(Level::kInfo);
  if (sampled) log_.Info("request", describe());
  return sampled;
}

bool AccessLog::Sampled() {
  if (threshold_ == 0 || threshold_ == kAll) return threshold_ != 0;
  const uint64_t number = requests_.fetch_add(1, std::memory_order_relaxed);
  return Mix(number + 1) < threshold_;
}

}  // namespace wanwu::logging
