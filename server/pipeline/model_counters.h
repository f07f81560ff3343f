#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "batching/batching_options.h"
#include "batching/clock.h"

namespace wanwu::pipeline {

// What became of one model's jobs since it was loaded; only grows. Thread-safe,
// lock-free; a copy taken meanwhile may have a job in one sum and not in
// another.
class alignas(64) ModelCounters {
 public:
  struct Sum {
    uint64_t count = 0;
    uint64_t ns = 0;
  };
  struct Copy {
    // Jobs. The times of those that were answered.
    Sum answered, failed, decode, queue, inference;
    // Jobs answered by kept answers, which are not among `answered`.
    Sum cached;
    // Of `answered`, those for which a kept answer was looked for.
    uint64_t not_cached = 0;
    // Batches. Index: batch size.
    std::array<Sum, batching::kLargestBatchSize + 1> batches{};
    // Answered in spite of a picture's damage.
    uint64_t damaged = 0;
    // When the last batch ended; epoch: none has.
    batching::Clock::TimePoint last{};
  };
  struct Times {
    batching::Clock::Duration decode{};
    batching::Clock::Duration queue{};
    batching::Clock::Duration inference{};

    batching::Clock::Duration sum() const { return decode + queue + inference; }
  };

  void AddAnswered(const Times& times) noexcept {
    answered_.fetch_add(1, kRelaxed);
    decode_ns_.fetch_add(Ns(times.decode), kRelaxed);
    queue_ns_.fetch_add(Ns(times.queue), kRelaxed);
    inference_ns_.fetch_add(Ns(times.inference), kRelaxed);
  }

  void AddCached(batching::Clock::Duration total) noexcept {
    cached_.fetch_add(1, kRelaxed);
    cached_ns_.fetch_add(Ns(total), kRelaxed);
  }

  void AddNotCached() noexcept { not_cached_.fetch_add(1, kRelaxed); }

  void AddDamaged() noexcept { damaged_.fetch_add(1, kRelaxed); }

  void AddFailed(const Times& times) noexcept {
    failed_.fetch_add(1, kRelaxed);
    failed_ns_.fetch_add(Ns(times.sum()), kRelaxed);
  }

  void AddBatch(int size, batching::Clock::Duration time,
                batching::Clock::TimePoint end) noexcept {
    const auto index = static_cast<size_t>(size);
    if (index >= batches_.size()) return;
    batches_[index].fetch_add(1, kRelaxed);
    batch_ns_[index].fetch_add(Ns(time), kRelaxed);
    last_.store(end.time_since_epoch().count(), kRelaxed);
  }

  Copy Read() const noexcept {
    Copy copy;
    const uint64_t answered = answered_.load(kRelaxed);
    copy.decode = {answered, decode_ns_.load(kRelaxed)};
    copy.queue = {answered, queue_ns_.load(kRelaxed)};
    copy.inference = {answered, inference_ns_.load(kRelaxed)};
    copy.answered = {answered,
                     copy.decode.ns + copy.queue.ns + copy.inference.ns};
    copy.cached = {cached_.load(kRelaxed), cached_ns_.load(kRelaxed)};
    copy.not_cached = not_cached_.load(kRelaxed);
    copy.damaged = damaged_.load(kRelaxed);
    copy.failed = {failed_.load(kRelaxed), failed_ns_.load(kRelaxed)};
    for (size_t i = 0; i < batches_.size(); ++i) {
      copy.batches[i] = {batches_[i].load(kRelaxed),
                         batch_ns_[i].load(kRelaxed)};
    }
    copy.last = batching::Clock::TimePoint(
        batching::Clock::Duration(last_.load(kRelaxed)));
    return copy;
  }

 private:
  using Counter = std::atomic<uint64_t>;
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  static uint64_t Ns(batching::Clock::Duration time) {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
  }

  Counter answered_{0}, damaged_{0}, failed_{0}, failed_ns_{0};
  Counter cached_{0}, cached_ns_{0}, not_cached_{0};
  Counter decode_ns_{0}, queue_ns_{0}, inference_ns_{0};
  std::array<Counter, batching::kLargestBatchSize + 1> batches_{};
  std::array<Counter, batching::kLargestBatchSize + 1> batch_ns_{};
  std::atomic<batching::Clock::Duration::rep> last_{0};
};

}  // namespace wanwu::pipeline
