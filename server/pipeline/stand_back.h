#pragma once

#include <sys/resource.h>
#include <unistd.h>

namespace wanwu::pipeline {

// How far threads stand back whose work can wait: of others that want the same
// CPU they take a tenth of the time.
inline constexpr int kFarBack = 10;

// Adds to the calling thread's nice value, which on Linux is a thread's only.
inline void StandBack(int nice) {
  if (nice == 0) return;
  const auto thread = static_cast<id_t>(gettid());
  setpriority(PRIO_PROCESS, thread, getpriority(PRIO_PROCESS, thread) + nice);
}

}  // namespace wanwu::pipeline
