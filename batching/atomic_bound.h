#pragma once

#include <atomic>

namespace wanwu::batching {

// Sets `word` to `value` if that is more, or less, than it holds.
template <typename T>
void RaiseTo(std::atomic<T>& word, T value) noexcept {
  T current = word.load(std::memory_order_relaxed);
  while (current < value &&
         !word.compare_exchange_weak(current, value, std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
  }
}

template <typename T>
void LowerTo(std::atomic<T>& word, T value) noexcept {
  T current = word.load(std::memory_order_relaxed);
  while (value < current &&
         !word.compare_exchange_weak(current, value, std::memory_order_acq_rel,
                                     std::memory_order_relaxed)) {
  }
}

}  // namespace wanwu::batching
