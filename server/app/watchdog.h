#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "batching/clock.h"
#include "batching/work_mark.h"
#include "common/logging/logger.h"
#include "server/rpc/health_state.h"

namespace wanwu::app {

// Liveness fails while a thread has been at one piece of work for too long: a
// thread that is stuck takes its share of the server with it, and only a
// restart brings it back. Work that waits, however long, is no sign of that.
// Not thread-safe.
class Watchdog {
 public:
  using List = std::function<void(std::vector<batching::ThreadAtWork>&)>;

  // All must outlive it.
  Watchdog(batching::Clock::Duration stuck_after, const batching::Clock& clock,
           List list_threads_at_work, rpc::HealthState& health,
           logging::Logger& log);

  // To be called every second or so.
  void Tick();

 private:
  const batching::Clock::Duration stuck_after_;
  const batching::Clock& clock_;
  const List list_;
  rpc::HealthState& health_;
  logging::Logger& log_;
  // At the last tick.
  std::set<std::string> stuck_;
};

}  // namespace wanwu::app
