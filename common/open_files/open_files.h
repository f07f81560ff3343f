#pragma once

#include <sys/resource.h>

#include <filesystem>
#include <iterator>
#include <system_error>

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

// How many this process has open; -1 if the system does not say.
inline int InUse() {
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  return error ? -1 : static_cast<int>(std::distance(begin(files), end(files)));
}

}  // namespace wanwu::open_files
