#include "server/app/watchdog.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace wanwu::app {

using batching::ThreadAtWork;

Watchdog::Watchdog(batching::Clock::Duration stuck_after,
                   const batching::Clock& clock, List list_threads_at_work,
                   rpc::HealthState& health, logging::Logger& log)
    : stuck_after_(stuck_after),
      clock_(clock),
      list_(std::move(list_threads_at_work)),
      health_(health),
      log_(log) {}

void Watchdog::Tick() {
  std::vector<ThreadAtWork> threads;
  list_(threads);
  const auto now = clock_.Now();
  std::erase_if(threads, [&](const ThreadAtWork& each) {
    return now - each.since < stuck_after_;
  });
  std::set<std::string> stuck;
  for (const ThreadAtWork& each : threads) {
    stuck.insert(each.thread);
    if (stuck_.contains(each.thread)) continue;
    const std::chrono::duration<double> time = now - each.since;
    log_.Error("thread_stuck",
               {{"thread", each.thread}, {"seconds", time.count()}});
  }
  const bool were_stuck = !stuck_.empty();
  stuck_ = std::move(stuck);
  if (were_stuck == !stuck_.empty()) return;
  if (were_stuck) log_.Warning("no_thread_stuck", {});
  health_.Set(rpc::kLiveness,
              were_stuck ? rpc::Serving::kYes : rpc::Serving::kNo);
}

}  // namespace wanwu::app
