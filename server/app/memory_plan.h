#pragma once

#include <cstdint>
#include <filesystem>

#include "absl/status/statusor.h"
#include "server/app/server_config.h"

namespace wanwu::app {

// What callers can make the process hold at most, in bytes, by what holds it.
// The quarter of the budget that is left over is for decoded pictures and
// answers under way, whose number other limits bound.
struct MemoryPlan {
  int64_t budget = 0;
  // Messages that are being received.
  int64_t receive = 0;
  // Requests not yet decoded.
  int64_t queue = 0;
  // Working memory of the decoders.
  int64_t decoders = 0;
  // Answers that are kept, beside the budget.
  int64_t answers = 0;
};

// Memory that this process may use: the smallest limit of its cgroups, else the
// machine's.
int64_t ReadMemoryLimit(const std::filesystem::path& root = "/");

// Takes what `config` sets and derives the rest from `memory_limit`.
// INVALID_ARGUMENT if what is set exceeds the budget, or the memory.
absl::StatusOr<MemoryPlan> PlanMemory(const ServerConfig& config,
                                      int64_t memory_limit);

}  // namespace wanwu::app
