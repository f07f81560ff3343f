#pragma once

#include <chrono>

namespace wanwu::ops {

// As Prometheus and people want it.
template <typename Rep, typename Period>
double Seconds(std::chrono::duration<Rep, Period> duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace wanwu::ops
