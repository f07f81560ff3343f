#pragma once

#include <atomic>
#include <functional>
#include <utility>

namespace wanwu::pipeline {

class DecodeCredit;

// Bounds how many pictures are decoded but not yet taken by a lane, so that
// memory stays flat however many callers wait. Thread-safe, lock-free.
class DecodeAhead {
 public:
  // `on_release` is called, on any thread, after each credit given back.
  explicit DecodeAhead(std::function<void()> on_release)
      : on_release_(std::move(on_release)) {}
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  void SetLimit(int limit) { limit_.store(limit); }
  int limit() const { return limit_.load(); }

  // A guess while other threads take and give back.
  bool available() const { return held_.load() < limit_.load(); }

  // Empty if the limit is reached.
  DecodeCredit TryAcquire();

 private:
  friend class DecodeCredit;

  const std::function<void()> on_release_;
  std::atomic<int> limit_{1};
  std::atomic<int> held_{0};
};

// One picture's share of DecodeAhead, given back on destruction.
class DecodeCredit {
 public:
  DecodeCredit() = default;
  DecodeCredit(DecodeCredit&& other) noexcept
      : from_(std::exchange(other.from_, nullptr)) {}
  DecodeCredit& operator=(DecodeCredit&& other) noexcept {
    if (this != &other) {
      Release();
      from_ = std::exchange(other.from_, nullptr);
    }
    return *this;
  }
  ~DecodeCredit() { Release(); }

  explicit operator bool() const { return from_ != nullptr; }

  void Release() {
    DecodeAhead* from = std::exchange(from_, nullptr);
    if (from == nullptr) return;
    from->held_.fetch_sub(1);
    from->on_release_();
  }

 private:
  friend class DecodeAhead;
  explicit DecodeCredit(DecodeAhead* from) : from_(from) {}

  DecodeAhead* from_ = nullptr;
};

inline DecodeCredit DecodeAhead::TryAcquire() {
  int held = held_.load();
  while (held < limit_.load()) {
    if (held_.compare_exchange_weak(held, held + 1)) return DecodeCredit(this);
  }
  return DecodeCredit();
}

}  // namespace wanwu::pipeline
