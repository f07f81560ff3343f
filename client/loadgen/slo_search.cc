#include "client/loadgen/slo_search.h"

namespace wanwu::loadgen {

std::optional<double> SloSearch::NextRate() const {
  const bool found =
      held_ && broken_ && *broken_ - *held_ <= kPrecision * *held_;
  if (found || runs_ == kMaxRuns) return std::nullopt;
  return next_;
}

void SloSearch::Report(bool held) {
  ++runs_;
  (held ? held_ : broken_) = next_;
  if (held_ && broken_) {
    next_ = (*held_ + *broken_) / 2;
  } else {
    next_ *= held ? kRaise : kLower;
  }
}

}  // namespace wanwu::loadgen
