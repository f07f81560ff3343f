#include "client/cli/input_order.h"

#include <utility>

namespace wanwu::cli {

void InputOrder::Add(std::size_t index, PictureResult result) {
  held_.emplace(index, std::move(result));
}

std::optional<PictureResult> InputOrder::TakeNext() {
  if (held_.empty() || held_.begin()->first != next_) return std::nullopt;
  return TakeEarliest();
}

std::optional<PictureResult> InputOrder::TakeEarliest() {
  if (held_.empty()) return std::nullopt;
  const auto earliest = held_.begin();
  next_ = earliest->first + 1;
  std::optional<PictureResult> result(std::move(earliest->second));
  held_.erase(earliest);
  return result;
}

}  // namespace wanwu::cli
