#include "server/app/watchdog.h"

#include <chrono>
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
  const bool stuck = !threads.empty();
  if (stuck == std::exchange(stuck_, stuck)) return;
  for (const ThreadAtWork& each : threads) {
    const std::chrono::duration<double> time = now - each.since;
    log_.Error("thread_stuck",
               {{"thread", each.thread}, {"seconds", time.count()}});
  }
  if (!stuck) log_.Warning("no_thread_stuck", {});
  health_.Set(rpc::kLiveness, stuck ? rpc::Serving::kNo : rpc::Serving::kYes);
}

}  // namespace wanwu::app
