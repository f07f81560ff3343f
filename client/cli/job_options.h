#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <cstdint>
#include <string>

#include "client/shards/shard.h"

namespace wanwu::cli {

// What makes `wanwu classify` a job that can be taken up again.
struct JobOptions {
  // Empty: no job.
  std::string output_folder;
  shards::Shard shard;
  std::string list;
  uint64_t pictures_per_part = 10'000;
  std::chrono::milliseconds give_up_after = std::chrono::minutes(10);
};

void AddJobOptions(CLI::App& command, JobOptions& options);

}  // namespace wanwu::cli
