#include "batching/queue_table.h"

#include <algorithm>
#include <utility>

#include "batching/atomic_bound.h"

namespace wanwu::batching {

QueueTable::QueueTable(LaneGate& lanes, const Clock& clock)
    : lanes_(lanes), closers_(clock) {}

std::optional<QueueId> QueueTable::Add(std::unique_ptr<ModelQueue> queue) {
  const std::lock_guard lock(mu_);
  if (closed_) return std::nullopt;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].IsVacant()) continue;
    // Before Open, so that lanes look at a slot as soon as it can hold a job.
    slots_used_.store(
        std::max(slots_used_.load(std::memory_order_relaxed), i + 1),
        std::memory_order_release);
    const std::uint32_t generation = slots_[i].Open(std::move(queue));
    return QueueId(static_cast<std::uint32_t>(i), generation);
  }
  return std::nullopt;
}

void QueueTable::Close(QueueId id) noexcept {
  slots_[id.slot_].Close(id.generation_);
}

void QueueTable::CloseAll() {
  const std::lock_guard lock(mu_);
  closed_ = true;
  for (QueueSlot& slot : slots_) slot.CloseAny();
}

std::unique_ptr<ModelQueue> QueueTable::AwaitUnusedAndVacate(QueueId id) {
  std::unique_ptr<ModelQueue> queue;
  QueueSlot& slot = slots_[id.slot_];
  for (;;) {
    const LaneGate::Ticket ticket = closers_.Prepare();
    {
      const std::lock_guard lock(mu_);
      if (slot.TryVacate(id.generation_, queue) !=
          QueueSlot::Vacated::kNotYet) {
        closers_.Cancel();
        break;
      }
    }
    closers_.Wait(ticket);
  }
  // Another thread may wait for the same queue.
  closers_.WakeAll();
  return queue;
}

ModelQueue* QueueTable::Enter(QueueId id, QueueSlot::Visit visit) noexcept {
  return slots_[id.slot_].Enter(id.generation_, visit);
}

void QueueTable::Leave(QueueId id, std::size_t count) noexcept {
  LeaveSlot(id.slot_, count);
}

ModelQueue* QueueTable::EnterSlot(std::size_t slot) noexcept {
  return slots_[slot].EnterIfInUse();
}

void QueueTable::LeaveSlot(std::size_t slot, std::size_t count) noexcept {
  if (slots_[slot].Leave(count) == QueueSlot::Left::kStillInUse) return;
  closers_.WakeAll();
  lanes_.WakeAll();
}

QueueChoice QueueTable::ChooseNext(Clock::TimePoint now) noexcept {
  QueueChoice choice(now, virtual_now_ns_.load(std::memory_order_relaxed));
  const std::size_t used = slots_used_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i < used; ++i) {
    const ModelQueue* queue = EnterSlot(i);
    if (queue == nullptr) continue;
    const auto company =
        slots_[i].IsClosed() ? Company::kNotExpected : Company::kMayCome;
    const std::optional<QueueView> view = queue->Peek(company);
    LeaveSlot(i, 1);
    if (view) choice.Consider(i, *view);
  }
  return choice;
}

BatchKind QueueTable::NextKind(const QueueChoice& choice) const noexcept {
  return bulk_turn_.IsNext(choice.best(BatchKind::kInteractive).has_value(),
                           choice.best(BatchKind::kBulk).has_value())
             ? BatchKind::kBulk
             : BatchKind::kInteractive;
}

void QueueTable::CountServed(ModelQueue& queue, const QueueChoice& choice,
                             BatchKind kind, Clock::Duration time) noexcept {
  bulk_turn_.Count(kind == BatchKind::kBulk,
                   choice.best(BatchKind::kBulk).has_value());
  const std::int64_t served_ns = choice.best(kind)->served_ns;
  RaiseTo(virtual_now_ns_, served_ns);
  queue.AddServed(served_ns, time);
}

bool QueueTable::HasUnfinishedJobs() const noexcept {
  const std::size_t used = slots_used_.load(std::memory_order_acquire);
  return std::any_of(slots_.begin(), slots_.begin() + used,
                     [](const QueueSlot& slot) { return slot.IsInUse(); });
}

}  // namespace wanwu::batching
