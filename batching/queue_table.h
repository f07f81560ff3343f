#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "batching/batching_options.h"
#include "batching/clock.h"
#include "batching/lane_gate.h"
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

  // Blocks until the closed queue is unused, then frees its place. Returns at
  // once if the queue is gone already.
  void AwaitUnusedAndVacate(QueueId id);

  // See QueueSlot::Enter. Each non-null answer is given back by Leave.
  [[nodiscard]] ModelQueue* Enter(QueueId id, QueueSlot::Visit visit) noexcept;
  void Leave(QueueId id, std::size_t count) noexcept;

  // The same for lanes, which know slots only.
  [[nodiscard]] ModelQueue* EnterSlot(std::size_t slot) noexcept;
  void LeaveSlot(std::size_t slot, std::size_t count) noexcept;

  [[nodiscard]] QueueChoice ChooseOldest(Clock::TimePoint now) noexcept;

  // Some queue has jobs that are not yet handled.
  [[nodiscard]] bool HasUnfinishedJobs() const noexcept;

 private:
  LaneGate& lanes_;
  LaneGate closers_;  // Where AwaitUnusedAndVacate parks.
  std::array<QueueSlot, kMaxQueues> slots_;
  // Slots from here on were never used; lanes need not look at them.
  std::atomic<std::size_t> slots_used_{0};

  std::mutex mu_;
  bool closed_ = false;  // Guarded by mu_.
};

}  // namespace wanwu::batching
