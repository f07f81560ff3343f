#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "batching/cache_line.h"
#include "batching/clock.h"

namespace wanwu::batching {

// Bounded first-in-first-out ring for any number of producers and consumers.
// Neither end locks or waits.
//
// Each cell carries a turn. For the cell of position p (p counts pushes for
// ever; its cell is p modulo capacity):
//   turn == p      free for the producer of position p
//   turn == p + 1  holds the value of position p
// A producer claims position p by moving tail_ from p to p + 1, writes the
// value, then publishes it by setting the turn to p + 1. A consumer claims p
// by moving head_, moves the value out, then frees the cell for the next
// round by setting the turn to p + capacity.
//
// Honest limit: a thread paused between claim and publish stalls its cell. A
// paused producer hides its value and all behind it (consumers see an empty
// queue, not a wait); a paused consumer makes the ring look full one round
// later. Nobody spins on it, and it ends when that thread is scheduled again.
//
// Memory order: only the turn carries data between threads (release by whoever
// finishes with a cell, acquire by whoever wants it next). head_ and tail_ only
// hand out positions, so relaxed is enough for them.
template <typename T>
class BoundedMpmcQueue {
  static_assert(std::is_nothrow_move_constructible_v<T> &&
                    std::is_nothrow_destructible_v<T>,
                "a throw between claim and publish would stall the cell for "
                "ever");

 public:
  // At least `capacity` values fit; rounded up to a power of two, 2 or more.
  explicit BoundedMpmcQueue(std::size_t capacity)
      : mask_(std::bit_ceil(std::max<std::size_t>(capacity, 2)) - 1),
        cells_(std::make_unique<Cell[]>(mask_ + 1)) {
    for (std::size_t i = 0; i <= mask_; ++i) {
      cells_[i].turn.store(i, std::memory_order_relaxed);
    }
  }

  // False when full; `value` is moved from only on success. `stamp` is what
  // OldestGuess shows while the value is at the head.
  [[nodiscard]] bool TryPush(T&& value, Clock::TimePoint stamp) noexcept {
    std::size_t position = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position & mask_];
      // Acquire: pairs with the release in TryPop, so that the previous value
      // is out of the cell before ours goes in.
      const std::size_t turn = cell.turn.load(std::memory_order_acquire);
      if (IsBefore(turn, position)) return false;
      if (turn != position) {
        position = tail_.load(std::memory_order_relaxed);
      } else if (tail_.compare_exchange_weak(position, position + 1,
                                             std::memory_order_relaxed)) {
        cell.value.emplace(std::move(value));
        cell.stamp.store(stamp.time_since_epoch().count(),
                         std::memory_order_relaxed);
        // Release: who reads this turn also sees value and stamp.
        cell.turn.store(position + 1, std::memory_order_release);
        return true;
      }
    }
  }

  // Empty when there is nothing, or when the head's producer has not published.
  [[nodiscard]] std::optional<T> TryPop() noexcept {
    std::size_t position = head_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[position & mask_];
      // Acquire: pairs with the release in TryPush.
      const std::size_t turn = cell.turn.load(std::memory_order_acquire);
      if (IsBefore(turn, position + 1)) return std::nullopt;
      if (turn != position + 1) {
        position = head_.load(std::memory_order_relaxed);
      } else if (head_.compare_exchange_weak(position, position + 1,
                                             std::memory_order_relaxed)) {
        std::optional<T> value(std::move(cell.value));
        cell.value.reset();
        // Release: the next producer of this cell finds it empty.
        cell.turn.store(position + mask_ + 1, std::memory_order_release);
        return value;
      }
    }
  }

  // Stamp of the head without taking it. A guess while other threads push or
  // pop: the head may be gone, or its cell already hold a later value. Exact
  // when they do not. Empty under the same conditions as TryPop.
  [[nodiscard]] std::optional<Clock::TimePoint> OldestGuess() const noexcept {
    std::size_t position = head_.load(std::memory_order_relaxed);
    for (;;) {
      const Cell& cell = cells_[position & mask_];
      const std::size_t turn = cell.turn.load(std::memory_order_acquire);
      if (IsBefore(turn, position + 1)) return std::nullopt;
      if (turn == position + 1) {
        return Clock::TimePoint(
            Clock::Duration(cell.stamp.load(std::memory_order_relaxed)));
      }
      position = head_.load(std::memory_order_relaxed);
    }
  }

  // Values in the ring, in [0, capacity]; a guess while other threads push or
  // pop. Counts values claimed but not yet published.
  [[nodiscard]] std::size_t SizeGuess() const noexcept {
    // Head first: a tail read later is rarely behind it.
    const std::size_t head = head_.load(std::memory_order_acquire);
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    return IsBefore(tail, head) ? 0 : std::min(tail - head, capacity());
  }

  [[nodiscard]] std::size_t capacity() const noexcept { return mask_ + 1; }

 private:
  using Ticks = Clock::Duration::rep;

  // One line each, so that neighbours in the ring do not slow each other down.
  struct alignas(kCacheLineBytes) Cell {
    std::atomic<std::size_t> turn{0};
    // Atomic because OldestGuess may read it while the next round writes it.
    std::atomic<Ticks> stamp{0};
    std::optional<T> value;
  };
  static_assert(std::atomic<std::size_t>::is_always_lock_free &&
                    std::atomic<Ticks>::is_always_lock_free,
                "the ring promises not to lock");
  static_assert(sizeof(Cell) % kCacheLineBytes == 0,
                "cells must not share a line");

  // Positions wrap around; compare their distance, not their values.
  static bool IsBefore(std::size_t a, std::size_t b) {
    return static_cast<std::ptrdiff_t>(a - b) < 0;
  }

  // Constant after construction.
  const std::size_t mask_;
  const std::unique_ptr<Cell[]> cells_;

  // Atomic; apart from each other and from what is only read.
  alignas(kCacheLineBytes) std::atomic<std::size_t> tail_{0};
  alignas(kCacheLineBytes) std::atomic<std::size_t> head_{0};
};

}  // namespace wanwu::batching
