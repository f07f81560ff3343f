#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::shards {

// As many as the indexes that a Job of Kubernetes may have.
inline constexpr uint32_t kMostShards = 100'000;

// One of `count` parts of the pictures of a job.
struct Shard {
  uint32_t index = 0;
  uint32_t count = 1;

  friend bool operator==(const Shard&, const Shard&) = default;
};

// "3/100", of which the first is "0/100" and the last "99/100".
std::optional<Shard> ParseShard(std::string_view text);
std::string ShardText(const Shard& shard);

// The same for ever and on every machine: results of different releases may
// be merged.
uint64_t NameHash(std::string_view name);
uint32_t ShardOf(std::string_view name, uint32_t count);

// "shard-00003-of-00100".
std::string FolderOf(const Shard& shard);
std::optional<Shard> ShardOfFolder(std::string_view folder);

}  // namespace wanwu::shards
