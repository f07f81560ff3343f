#pragma once

#include <cstdint>

namespace wanwu::batching {

// Names one queue of one DynamicBatcher. Never names a later queue in the same
// place: an id of a removed queue is refused.
class QueueId {
 public:
  friend bool operator==(QueueId, QueueId) = default;

 private:
  friend class QueueTable;
  QueueId(std::uint32_t slot, std::uint32_t generation)
      : slot_(slot), generation_(generation) {}

  std::uint32_t slot_;
  std::uint32_t generation_;
};

}  // namespace wanwu::batching
