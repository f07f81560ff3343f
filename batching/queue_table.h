#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "batching/batching_options.h"
#include "batching/clock.h"
#include "batching/lane_gate.h"
#include "batching/lower_turn.h"
#include "batching/model_queue.h"
#include "batching/queue_choice.h"
#include "batching/queue_id.h"
#include "batching/queue_slot.h"

namespace wanwu::batching {

// All queues of a batcher. Thread-safe. Adding and vacating take a mutex;
// entering, leaving and choosing do not.
class QueueTable {
 public:
  // `lanes` is woken when a closed queue has run empty. Both must outlive the
  // table.
  QueueTable(LaneGate& lanes, const Clock& clock);

  // Empty when kMaxQueues are in use or after CloseAll.
  [[nodiscard]] std::optional<QueueId> Add(std::unique_ptr<ModelQueue> queue);

  void Close(QueueId id) noexcept;

  // Also refuses queues added from now on.
  void CloseAll();

  // Blocks until the closed queue is unused, then frees its place and returns
  // the queue. Null, at once, if the queue is gone already.
  std::unique_ptr<ModelQueue> AwaitUnusedAndVacate(QueueId id);

  // See QueueSlot::Enter. Each non-null answer is given back by Leave.
  [[nodiscard]] ModelQueue* Enter(QueueId id, QueueSlot::Visit visit) noexcept;
  void Leave(QueueId id, std::size_t count) noexcept;

  // The same for lanes, which know slots only.
  [[nodiscard]] ModelQueue* EnterSlot(std::size_t slot) noexcept;
  void LeaveSlot(std::size_t slot, std::size_t count) noexcept;

  // The lanes' time is shared out between queues by start-time fair queueing
  // (Goyal, Vin, Chen: SIGCOMM '96): each queue has a count of the time it was
  // served, a queue that was empty begins with what the others have had, and
  // the least served goes next.
  [[nodiscard]] QueueChoice ChooseNext(Clock::TimePoint now) noexcept;

  // What a batch is made of that follows this choice, which is not empty.
  // Interactive before bulk, which has one turn in kTurnsPerLowerTurn.
  [[nodiscard]] BatchKind NextKind(const QueueChoice& choice) const noexcept;

  // `queue`, the best of that kind, is about to have a lane for `time`.
  void CountServed(ModelQueue& queue, const QueueChoice& choice, BatchKind kind,
                   Clock::Duration time) noexcept;

  // Some queue has jobs that are not yet handled.
  [[nodiscard]] bool HasUnfinishedJobs() const noexcept;

 private:
  LaneGate& lanes_;
  LaneGate closers_;  // Where AwaitUnusedAndVacate parks.
  std::array<QueueSlot, kMaxQueues> slots_;
  // Slots from here on were never used; lanes need not look at them.
  std::atomic<std::size_t> slots_used_{0};
  // The lane time with which a queue begins: what the last one chosen had had.
  std::atomic<std::int64_t> virtual_now_ns_{0};
  LowerTurn bulk_turn_;

  std::mutex mu_;
  bool closed_ = false;  // Guarded by mu_.
};

}  // namespace wanwu::batching
