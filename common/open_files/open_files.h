#pragma once

#include <sys/resource.h>

namespace wanwu::open_files {

// Gives this process as many file descriptors as the system allows it, which
// by default are more than it is started with. Their number; 0 if the system
// does not say.
inline rlim_t RaiseLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace wanwu::open_files
