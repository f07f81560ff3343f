#pragma once

#include <atomic>

namespace wanwu::batching {

// While both higher and lower work wait, the lower has one turn in this many.
inline constexpr int kTurnsPerLowerTurn = 8;

// Lets higher work go first without starving the lower. Thread-safe; under
// races a turn may come one early or late.
class LowerTurn {
 public:
  // Whether the lower is next, given who waits. Some work must wait.
  [[nodiscard]] bool IsNext(bool higher_waits,
                            bool lower_waits) const noexcept {
    if (!lower_waits) return false;
    return !higher_waits || passed_over_.load(std::memory_order_relaxed) >=
                                kTurnsPerLowerTurn - 1;
  }

  // Whose turn it was, and whether the lower waited meanwhile.
  void Count(bool was_lower, bool lower_waits) noexcept {
    if (was_lower || !lower_waits) {
      passed_over_.store(0, std::memory_order_relaxed);
    } else {
      passed_over_.fetch_add(1, std::memory_order_relaxed);
    }
  }

 private:
  // Turns of the higher since the lower had its last.
  std::atomic<int> passed_over_{0};
};

}  // namespace wanwu::batching
