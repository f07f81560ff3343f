#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "batching/cache_line.h"
#include "batching/clock.h"

namespace wanwu::batching {

// Parks threads that found nothing to do and wakes them when there may be
// something, the one that parked last first: its caches are the warmest, and
// with little to do the others sleep on. The only place in this layer that
// blocks. Thread-safe.
//
//   waiting thread                       waking thread
//     ticket = gate.Prepare();             make the condition true
//     if (condition) gate.Cancel();        gate.WakeOne();
//     else gate.Wait(ticket);
//
// Waking touches the mutex only if somebody is between Prepare and the end of
// Wait; otherwise it is one atomic addition.
//
// Why no wake-up is lost. Prepare and Wake* are read-modify-writes of one
// atomic word, so they have one order, and each sees all before it:
// - Wake before Prepare: Prepare reads a value that descends from Wake's, and
//   with it synchronises with Wake. The re-check of the condition sees it true.
// - Prepare before Wake: Wake sees a waiter and takes the mutex. If the waiter
//   has not locked the mutex yet, it will find the epoch moved and not sleep;
//   if it has, it is among the parked (it lets go of the mutex only there), of
//   whom Wake takes one off and notifies it.
// No fence and no order between different words is needed, so ThreadSanitizer
// can follow the argument.
//
// WakeOne may end up with a thread that prepared after the wake-up was due. It
// has then re-checked and seen what there was, so users must pass the wake-up
// on when they leave work behind: a lane that sees more left calls WakeOne.
class LaneGate {
 public:
  // What Prepare saw; makes Wait return if anybody woke since.
  class Ticket {
   private:
    friend class LaneGate;
    explicit Ticket(std::uint64_t epoch) : epoch_(epoch) {}
    std::uint64_t epoch_;
  };

  // `clock` must outlive the gate.
  explicit LaneGate(const Clock& clock) : clock_(clock) {}

  // Announces a waiter. Exactly one Cancel or Wait by the same thread follows.
  [[nodiscard]] Ticket Prepare() noexcept;
  void Cancel() noexcept;

  // Returns after a WakeOne or WakeAll since Prepare, at `until`, or early.
  void Wait(Ticket ticket,
            Clock::TimePoint until = Clock::TimePoint::max()) noexcept;

  void WakeOne() noexcept;
  void WakeAll() noexcept;

 private:
  // Low 16 bits: threads between Prepare and the end of Wait or Cancel.
  // Above: the epoch, moved by each wake-up.
  static constexpr std::uint64_t kOneWaiter = 1;
  static constexpr std::uint64_t kWaiters = 0xffff;
  static constexpr std::uint64_t kOneEpoch = kWaiters + 1;

  // Where one thread sleeps.
  struct Place {
    std::condition_variable woken;
    bool parked = false;
  };

  static std::uint64_t EpochOf(std::uint64_t word) { return word & ~kWaiters; }
  bool MoveEpoch() noexcept;
  void Park(std::unique_lock<std::mutex>& lock, Clock::TimePoint until);
  Place& TakePlace();

  const Clock& clock_;
  alignas(kCacheLineBytes) std::atomic<std::uint64_t> word_{0};
  // Guards the places. As many as threads were ever parked at a time.
  std::mutex mu_;
  std::deque<Place> places_;
  std::vector<Place*> free_;
  // In the order in which they parked.
  std::vector<Place*> parked_;
};

}  // namespace wanwu::batching
