#include "server/app/memory_trimmer.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace wanwu::app {
namespace {

// 0 if the system does not say.
size_t ResidentBytes() {
  size_t all = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

bool TrimPolicy::Look(size_t resident, size_t free) {
  least_resident_ = std::min(least_resident_, resident);
  const bool grown = resident >= least_resident_ + kWorthwhileBytes;
  const bool is_free = grown && free >= kWorthwhileBytes;
  const bool worthwhile = is_free && was_free_;
  was_free_ = is_free && !worthwhile;
  return worthwhile;
}

MemoryTrimmer::MemoryTrimmer(logging::Logger& log)
    : log_(log), policy_(ResidentBytes()) {}

void MemoryTrimmer::Tick() {
  const size_t resident = ResidentBytes();
  if (!policy_.Look(resident, mallinfo2().fordblks)) return;
  const auto start = std::chrono::steady_clock::now();
  malloc_trim(0);
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - start;
  const size_t left = ResidentBytes();
  policy_.Trimmed(left);
  log_.Debug("memory_given_back",
             {{"bytes", resident - std::min(left, resident)},
              {"took_ms", took.count()}});
}

}  // namespace wanwu::app
