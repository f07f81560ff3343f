#include "client/loadgen/stability.h"

#include <algorithm>
#include <cmath>

namespace wanwu::loadgen {
namespace {

constexpr double kRounding = 1e-9;

template <typename Value>
bool Alike(const std::vector<Window>& windows, Value value) {
  const auto last = windows.end() - kStableWindows;
  double mean = 0;
  for (auto window = last; window != windows.end(); ++window) {
    mean += value(*window) / kStableWindows;
  }
  return mean > 0 &&
         std::all_of(last, windows.end(), [&](const Window& window) {
           return std::abs(value(window) - mean) <=
                  (kStableWithin + kRounding) * mean;
         });
}

}  // namespace

bool IsStable(const std::vector<Window>& windows) {
  if (windows.size() < kStableWindows) return false;
  return Alike(windows, [](const Window& w) { return w.Rate(); }) &&
         Alike(windows, [](const Window& w) { return Seconds(w.p95); });
}

}  // namespace wanwu::loadgen
