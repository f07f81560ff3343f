#include "batching/queue_slot.h"

#include <utility>

namespace wanwu::batching {

std::uint32_t QueueSlot::Open(std::unique_ptr<ModelQueue> queue) {
  queue_ = std::move(queue);
  const Word word = word_.load(std::memory_order_relaxed);
  // Release: who enters sees the queue.
  word_.store(word | kOpen, std::memory_order_release);
  return static_cast<std::uint32_t>(word >> kGenerationShift);
}

bool QueueSlot::Admits(Word word, std::uint32_t generation, Visit visit) {
  const Word state = word & kStateMask;
  return (word >> kGenerationShift) == generation &&
         (state == kOpen || (state == kClosed && visit == Visit::kInspect));
}

ModelQueue* QueueSlot::Enter(std::uint32_t generation, Visit visit) noexcept {
  Word word = word_.load(std::memory_order_relaxed);
  do {
    if (!Admits(word, generation, visit)) return nullptr;
  } while (!word_.compare_exchange_weak(
      word, word + 1, std::memory_order_acq_rel, std::memory_order_relaxed));
  return queue_.get();
}

ModelQueue* QueueSlot::EnterIfInUse() noexcept {
  // Acquire: see IsInUse.
  Word word = word_.load(std::memory_order_acquire);
  do {
    if ((word & kCountMask) == 0) return nullptr;
  } while (!word_.compare_exchange_weak(
      word, word + 1, std::memory_order_acq_rel, std::memory_order_acquire));
  return queue_.get();
}

QueueSlot::Left QueueSlot::Leave(std::size_t count) noexcept {
  // Release: whoever vacates the slot comes after all uses of the queue.
  const Word word = word_.fetch_sub(count, std::memory_order_acq_rel) - count;
  const bool last = (word & (kStateMask | kCountMask)) == kClosed;
  return last ? Left::kLastOfClosed : Left::kStillInUse;
}

void QueueSlot::Close(std::uint32_t generation) noexcept {
  Word word = word_.load(std::memory_order_relaxed);
  do {
    if (!Admits(word, generation, Visit::kSubmit)) return;
  } while (!word_.compare_exchange_weak(word, (word & ~kStateMask) | kClosed,
                                        std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
}

void QueueSlot::CloseAny() noexcept {
  const Word word = word_.load(std::memory_order_relaxed);
  Close(static_cast<std::uint32_t>(word >> kGenerationShift));
}

QueueSlot::Vacated QueueSlot::TryVacate(
    std::uint32_t generation, std::unique_ptr<ModelQueue>& queue) noexcept {
  Word word = (Word{generation} << kGenerationShift) | kClosed;
  // The generation wraps after 2^30 queues in one slot.
  const Word next = Word{generation + 1} << kGenerationShift;
  if (word_.compare_exchange_strong(word, next, std::memory_order_acq_rel,
                                    std::memory_order_relaxed)) {
    queue = std::move(queue_);
    return Vacated::kDone;
  }
  return (word >> kGenerationShift) == generation ? Vacated::kNotYet
                                                  : Vacated::kOtherGeneration;
}

bool QueueSlot::IsVacant() const noexcept {
  return (word_.load(std::memory_order_acquire) & kStateMask) == kVacant;
}

bool QueueSlot::IsClosed() const noexcept {
  return (word_.load(std::memory_order_acquire) & kStateMask) == kClosed;
}

bool QueueSlot::IsInUse() const noexcept {
  return (word_.load(std::memory_order_acquire) & kCountMask) != 0;
}

}  // namespace wanwu::batching
