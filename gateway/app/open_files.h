#pragma once

#include <sys/resource.h>

namespace wanwu::gateway {

// As many file descriptors as the system allows this process; by default it is
// started with fewer than the connections that it may have.
inline void RaiseOpenFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace wanwu::gateway
