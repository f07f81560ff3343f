#pragma once

#include <cstdint>

namespace wanwu::ops {

// What the system says of this process; -1 where it does not.
struct ProcessFigures {
  double cpu_seconds = 0;  // user and system
  int64_t resident_bytes = -1;
  int64_t virtual_bytes = -1;
  int64_t open_descriptors = -1;
  int64_t most_descriptors = -1;
  int64_t threads = -1;
};

ProcessFigures ReadProcessFigures();

}  // namespace wanwu::ops
