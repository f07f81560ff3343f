#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "batching/cache_line.h"
#include "batching/model_queue.h"

namespace wanwu::batching {

// A place for one queue, used again and again, and the gate that answers "stop
// new work, and tell me when the old work is done".
//
// One atomic word holds the state, the generation and a count. The count is
// what keeps the queue alive: jobs accepted and not yet handled, plus threads
// that look into the queue at the moment. Because closing and counting are
// changes of one word, a submitter either comes before the close and is counted
// or comes after it and is refused: nothing slips through.
//
//   vacant ── Open ──▶ open ── Close ──▶ closed ── TryVacate (count 0) ──▶
//   vacant
//
// Open and TryVacate need outside mutual exclusion; everything else is
// thread-safe and does not block.
class QueueSlot {
 public:
  // Who may come in: submitters only while open; lanes and readers of
  // statistics also while closed, until the last job is handled.
  enum class Visit { kSubmit, kInspect };
  enum class Left { kStillInUse, kLastOfClosed };

  // The slot must be vacant. Returns the new queue's generation.
  std::uint32_t Open(std::unique_ptr<ModelQueue> queue);

  // Pins the queue of that generation; null if it is not there or closed to
  // this visit. A submitter whose push succeeds leaves the count to the job,
  // any other visit ends with Leave(1).
  [[nodiscard]] ModelQueue* Enter(std::uint32_t generation,
                                  Visit visit) noexcept;

  // Pins the queue for a lane; null if nothing is counted, since there is no
  // job then.
  [[nodiscard]] ModelQueue* EnterIfInUse() noexcept;

  // Takes back `count` visits and handled jobs. kLastOfClosed: closed and now
  // empty, so whoever waits for that wants to know.
  Left Leave(std::size_t count) noexcept;

  // No submitter gets in any more. No effect on another generation.
  void Close(std::uint32_t generation) noexcept;
  void CloseAny() noexcept;

  // Takes the queue out into `queue` if this generation is closed and unused.
  enum class Vacated { kDone, kNotYet, kOtherGeneration };
  Vacated TryVacate(std::uint32_t generation,
                    std::unique_ptr<ModelQueue>& queue) noexcept;

  [[nodiscard]] bool IsVacant() const noexcept;
  [[nodiscard]] bool IsClosed() const noexcept;
  [[nodiscard]] bool IsInUse() const noexcept;  // Count above 0.

 private:
  // Bits 0-31 count, 32-33 state, 34-63 generation.
  using Word = std::uint64_t;
  static constexpr Word kCountMask = 0xffff'ffff;
  static constexpr Word kVacant = 0;
  static constexpr Word kOpen = Word{1} << 32;
  static constexpr Word kClosed = Word{2} << 32;
  static constexpr Word kStateMask = Word{3} << 32;
  static constexpr int kGenerationShift = 34;
  static_assert(std::atomic<Word>::is_always_lock_free,
                "entering promises not to lock");

  static bool Admits(Word word, std::uint32_t generation, Visit visit);

  alignas(kCacheLineBytes) std::atomic<Word> word_{kVacant};
  // Written only while vacant; read by those who are counted.
  std::unique_ptr<ModelQueue> queue_;
};

}  // namespace wanwu::batching
