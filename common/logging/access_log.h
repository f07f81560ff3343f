#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>

#include "common/logging/logger.h"
#include "common/logging/rate_limited_log.h"

namespace wanwu::logging {

// Tells of single requests once they have ended: a line `request` of a share
// of them, and a line `slow_request` of each that took long. Thread-safe.
class AccessLog {
 public:
  struct Options {
    // Of all requests, 0 … 1. Which ones follows no pattern of callers'.
    double ratio = 0;
    // 0: no request is slow.
    std::chrono::microseconds slow{0};
  };

  // Both logs must outlive it. `limited` bounds the lines of slow requests,
  // which come all at once when they come.
  AccessLog(const Options& options, Logger& log, RateLimitedLog& limited);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // False: no request is ever told of, so nothing need be noted of any.
  bool on() const { return threshold_ != 0 || slow_.count() != 0; }

  // Calls `describe` only for a line that is written. True if that is
  // `request`.
  bool Ended(std::chrono::nanoseconds took,
             const std::function<Fields()>& describe);

 private:
  bool Sampled();

  // Of what Sampled() draws from 2^64 numbers, those below are taken; the
  // largest value stands for all of them.
  const uint64_t threshold_;
  const std::chrono::microseconds slow_;
  Logger& log_;
  RateLimitedLog& limited_;
  std::atomic<uint64_t> requests_{0};
};

}  // namespace wanwu::logging
