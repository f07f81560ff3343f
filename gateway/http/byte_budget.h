#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <utility>

namespace wanwu::gateway {

class BudgetShare;

// Bounds the bytes of requests and answers that the gateway holds in memory,
// over all connections. Thread-safe, lock-free.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_; }

 private:
  friend class BudgetShare;

  bool TryTake(std::size_t bytes) {
    std::size_t used = used_.load(std::memory_order_relaxed);
    while (bytes <= limit_ - used) {
      if (used_.compare_exchange_weak(used, used + bytes)) return true;
    }
    return false;
  }

  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// What one holder has taken, given back on destruction.
class BudgetShare {
 public:
  explicit BudgetShare(ByteBudget& budget) : budget_(&budget) {}
  BudgetShare(BudgetShare&& other) noexcept
      : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
  BudgetShare& operator=(BudgetShare&&) = delete;
  ~BudgetShare() { Release(); }

  // False, and nothing taken, if that exceeds the budget.
  [[nodiscard]] bool TryGrow(std::size_t bytes) {
    if (!budget_->TryTake(bytes)) return false;
    bytes_ += bytes;
    return true;
  }

  // As many as that from now on; fewer always work.
  [[nodiscard]] bool TryResize(std::size_t bytes) {
    if (bytes > bytes_) return TryGrow(bytes - bytes_);
    budget_->used_ -= bytes_ - bytes;
    bytes_ = bytes;
    return true;
  }

  // A share of its own for some of the bytes.
  BudgetShare Split(std::size_t bytes) {
    BudgetShare part(*budget_);
    part.bytes_ = std::min(bytes, bytes_);
    bytes_ -= part.bytes_;
    return part;
  }

  void Release() { budget_->used_ -= std::exchange(bytes_, 0); }

  std::size_t bytes() const { return bytes_; }

  // The budget's.
  std::size_t limit() const { return budget_->limit(); }

 private:
  ByteBudget* budget_;
  std::size_t bytes_ = 0;
};

}  // namespace wanwu::gateway
