#pragma once

#include <valgrind/callgrind.h>

namespace wanwu::bench {

// Does `work` so often that it no longer pays for what is done only once, then
// `counted` times with callgrind looking on, which writes a file for each. See
// count_instructions.py.
template <typename Work>
void RunCounted(int warm_up, int counted, const Work& work) {
  for (int i = 0; i < warm_up; ++i) work();
  CALLGRIND_START_INSTRUMENTATION;
  for (int i = 0; i < counted; ++i) {
    CALLGRIND_ZERO_STATS;
    work();
    CALLGRIND_DUMP_STATS;
  }
  CALLGRIND_STOP_INSTRUMENTATION;
}

}  // namespace wanwu::bench
