#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/http/byte_budget.h"

namespace wanwu::gateway {

// Bytes that arrive piece by piece, at most `most` of them. What is allocated
// for them is counted, not what has arrived.
class CountedBytes {
 public:
  // `share` must outlive it.
  CountedBytes(BudgetShare& share, std::size_t most)
      : share_(share), most_(most) {}

  // False if the budget has no room for it.
  [[nodiscard]] bool Append(std::string_view piece) {
    const std::size_t size = bytes_.size() + piece.size();
    if (size > counted_) {
      const std::size_t capacity =
          std::max(size, std::min(2 * counted_, most_));
      if (!share_.TryGrow(capacity - counted_)) return false;
      counted_ = capacity;
      // Not reserve(), which may take more than it is asked for.
      std::string larger;
      larger.reserve(capacity);
      bytes_ = std::move(larger.append(bytes_));
    }
    bytes_.append(piece);
    return true;
  }

  std::size_t size() const { return bytes_.size(); }
  std::string Take() { return std::move(bytes_); }

 private:
  BudgetShare& share_;
  const std::size_t most_;
  std::size_t counted_ = 0;
  std::string bytes_;
};

}  // namespace wanwu::gateway
