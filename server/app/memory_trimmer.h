#pragma once

#include <cstddef>

#include "common/logging/logger.h"

namespace wanwu::app {

// Decides when giving free memory back to the system is worth its while: when
// much is free, was free already at the last look, and the process has grown
// since the last time.
class TrimPolicy {
 public:
  // Less is not worth the page faults that follow.
  static constexpr size_t kWorthwhileBytes = size_t{32} << 20;

  explicit TrimPolicy(size_t resident) : least_resident_(resident) {}

  // `resident` of the process, `free` of what malloc keeps.
  bool Look(size_t resident, size_t free);
  // What was left after a trim.
  void Trimmed(size_t resident) { least_resident_ = resident; }

 private:
  // Since the last trim.
  size_t least_resident_;
  bool was_free_ = false;
};

// Gives free memory back to the system where that pays: glibc keeps what lies
// between blocks in use for this process, for good. Not thread-safe.
class MemoryTrimmer {
 public:
  // `log` must outlive it.
  explicit MemoryTrimmer(logging::Logger& log);

  // To be called every few seconds.
  void Tick();

 private:
  logging::Logger& log_;
  TrimPolicy policy_;
};

}  // namespace wanwu::app
