// A thousand values through the ring, by one thread.

#include <cstdlib>

#include "batching/bounded_mpmc_queue.h"
#include "tests/bench/instructions/counted_run.h"

int main() {
  using namespace wanwu::batching;
  BoundedMpmcQueue<int> queue(1024);
  wanwu::bench::RunCounted(2, 3, [&] {
    for (int i = 0; i < 1000; ++i) {
      if (!queue.TryPush(int{i}, Clock::TimePoint())) std::abort();
    }
    for (int i = 0; i < 1000; ++i) {
      if (!queue.TryPop().has_value()) std::abort();
    }
  });
}
