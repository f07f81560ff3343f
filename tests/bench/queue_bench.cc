// The ring between decode threads and lanes, with up to many more threads than
// CPUs: what one push and one pop take must not grow with them.

#include <benchmark/benchmark.h>

#include <thread>

#include "batching/bounded_mpmc_queue.h"

namespace wanwu::batching {
namespace {

constexpr size_t kCapacity = 2048;  // As with the default queue_capacity.

void PushAndPop(benchmark::State& state) {
  static BoundedMpmcQueue<int> queue(kCapacity);
  int64_t retries = 0;
  for (auto _ : state) {
    while (!queue.TryPush(1, Clock::TimePoint())) {
      ++retries;
      std::this_thread::yield();
    }
    while (!queue.TryPop().has_value()) {
      ++retries;
      std::this_thread::yield();
    }
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["retries"] = benchmark::Counter(
      static_cast<double>(retries), benchmark::Counter::kAvgIterations);
}

BENCHMARK(PushAndPop)
    ->Threads(1)
    ->Threads(2)
    ->Threads(4)
    ->Threads(16)
    ->Threads(64)
    ->UseRealTime();

}  // namespace
}  // namespace wanwu::batching
