#pragma once

#include <pthread.h>

#include <string_view>

#include "batching/clock.h"
#include "tests/support/gate.h"

namespace wanwu::pipeline {

// Holds up a decode thread that looks at the clock, as it does when it has
// taken a job and begins to decode it.
class DecodeHoldingClock final : public batching::Clock {
 public:
  TimePoint Now() const override {
    if (OnDecodeThread()) gate_.Pass();
    return steady_.Now();
  }

  test_support::Gate& gate() { return gate_; }

 private:
  static bool OnDecodeThread() {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof(name));
    return std::string_view(name) == "wanwu-decode";
  }

  const batching::SteadyClock steady_;
  mutable test_support::Gate gate_;
};

}  // namespace wanwu::pipeline
