#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wanwu::shards {

enum class InputChange { kRefused, kAccepted };

// What came of a job.
struct JobCheck {
  uint32_t shards = 0;
  uint64_t pictures = 0;
  // Of them.
  uint64_t errors = 0;
  uint64_t bytes = 0;
  // Left out, since they were named before.
  uint64_t repeated = 0;

  // The files of results, in order.
  std::vector<std::string> parts;

  // Why it is not complete, or not one job. Empty: every picture has exactly
  // one line.
  std::vector<std::string> problems;
};

// Reads every byte of a job's output folder. If the shards saw different
// inputs, as they do where pictures come while they start, that is a problem
// unless kAccepted.
JobCheck CheckJob(const std::string& folder, InputChange change);

}  // namespace wanwu::shards
