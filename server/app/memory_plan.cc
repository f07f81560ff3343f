#include "server/app/memory_plan.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/app/cgroup_limit.h"

namespace wanwu::app {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMiB = int64_t{1} << 20;
// The other half is for models, code and what nobody accounts for.
constexpr int64_t kPartOfLimit = 2;
// More would only let more requests wait.
constexpr int64_t kMostBudget = 2048 * kMiB;
constexpr int64_t kPartToReceive = 8;
constexpr int64_t kPartToQueue = 8;
constexpr int64_t kPartToDecode = 2;
constexpr int64_t kLeastToDecode = 64 * kMiB;

std::optional<double> ReadBytes(const fs::path& file) {
  int64_t bytes = 0;
  // "max" in v2 is no limit.
  if (!absl::SimpleAtoi(ReadText(file), &bytes) || bytes <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(bytes);
}

std::optional<double> ReadV2(const fs::path& directory) {
  return ReadBytes(directory / "memory.max");
}

std::optional<double> ReadV1(const fs::path& directory) {
  return ReadBytes(directory / "memory.limit_in_bytes");
}

int64_t MachineMemory() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<int64_t>(sysconf(_SC_PAGESIZE));
}

// What is set, else the part of the budget, but enough for one of the largest.
int64_t SetOr(size_t set, int64_t part, int64_t least) {
  return set > 0 ? static_cast<int64_t>(set) : std::max(part, least);
}

}  // namespace

int64_t ReadMemoryLimit(const fs::path& root) {
  const int64_t machine = MachineMemory();
  const std::optional<double> limit =
      SmallestCgroupLimit({"memory", ReadV1, ReadV2}, root);
  // v1 says "none" by a number beyond any machine.
  if (!limit.has_value() || *limit > static_cast<double>(machine)) {
    return machine;
  }
  return static_cast<int64_t>(*limit);
}

absl::StatusOr<MemoryPlan> PlanMemory(const ServerConfig& config,
                                      int64_t memory_limit) {
  MemoryPlan plan;
  plan.budget = SetOr(config.memory_budget,
                      std::min(memory_limit / kPartOfLimit, kMostBudget), 0);
  // Two messages at a time, or one could keep all others out.
  plan.receive =
      SetOr(config.transport.receive_bytes, plan.budget / kPartToReceive,
            2 * static_cast<int64_t>(config.transport.max_message_bytes));
  plan.queue = SetOr(config.queue_bytes, plan.budget / kPartToQueue,
                     static_cast<int64_t>(config.transport.max_message_bytes));
  plan.decoders =
      SetOr(config.decoder_bytes, plan.budget / kPartToDecode, kLeastToDecode);
  plan.answers = static_cast<int64_t>(config.answer_cache_bytes);
  if (plan.answers > 0 && plan.budget + plan.answers > memory_limit) {
    return absl::InvalidArgumentError(absl::StrCat(
        "answer_cache_bytes ", plan.answers, " and the memory_budget of ",
        plan.budget, " are more than the ", memory_limit,
        " bytes that this process may use"));
  }
  const int64_t sum = plan.receive + plan.queue + plan.decoders;
  if (sum <= plan.budget) return plan;
  return absl::InvalidArgumentError(
      absl::StrCat("receive_bytes ", plan.receive, ", queue_bytes ", plan.queue,
                   " and decoder_bytes ", plan.decoders, " are ", sum,
                   " together, more than the memory_budget of ", plan.budget,
                   config.memory_budget > 0
                       ? std::string()
                       : absl::StrCat(", half of the ", memory_limit,
                                      " bytes that this process may use")));
}

}  // namespace wanwu::app
