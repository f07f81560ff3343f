#pragma once

#include <cstddef>

#include "batching/model_queue.h"

namespace wanwu::batching {

// Makes jobs ready for a batcher, on its lanes, while they have no better work:
// see README.md. Thread-safe. No function may throw.
class Feeder {
 public:
  virtual ~Feeder() = default;

  // Jobs of that kind that wait to be made ready; 0 also if none may be now. A
  // guess while others feed.
  [[nodiscard]] virtual std::size_t Waiting(BatchKind kind) const noexcept = 0;

  // Makes one job ready, of whatever kind, and hands it to SubmitFromLane. Also
  // true if the job ended instead. False: nothing was left to do.
  virtual bool Feed(int lane) noexcept = 0;
};

}  // namespace wanwu::batching
