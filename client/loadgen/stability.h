#pragma once

#include <vector>

#include "client/loadgen/load_recorder.h"

namespace wanwu::loadgen {

inline constexpr std::size_t kStableWindows = 3;
inline constexpr double kStableWithin = 0.1;

// Whether in the last three windows throughput and p95 are each within 10 % of
// their mean, and something was answered in each.
bool IsStable(const std::vector<Window>& windows);

}  // namespace wanwu::loadgen
