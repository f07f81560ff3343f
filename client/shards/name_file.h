#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/shards/name_source.h"
#include "client/shards/shard.h"

// The names of one shard's pictures, kept in a file: each once, in the order of
// their bytes, each with a zero byte behind it.
namespace wanwu::shards {

struct NameFacts {
  // In the file, and left out of it because they came before.
  uint64_t count = 0;
  uint64_t repeated = 0;
  std::string sha256;

  // Of the names of all shards, repeated ones too: how many, and a sum of their
  // hashes that does not depend on their order. Shards that saw the same
  // pictures have the same.
  uint64_t listed = 0;
  uint64_t listed_sum = 0;

  friend bool operator==(const NameFacts&, const NameFacts&) = default;
};

// Lists the source and writes the names of `shard`. In memory it holds eight
// bytes for each of them.
absl::StatusOr<NameFacts> WriteNames(const NameSource& source,
                                     const Shard& shard,
                                     const std::string& path);

// Reads such a file.
class NameReader {
 public:
  // Begins behind the first `skip` names.
  static absl::StatusOr<std::unique_ptr<NameReader>> Open(
      const std::string& path, uint64_t skip);

  // At most `count`; fewer only at the end of the file.
  absl::StatusOr<std::vector<std::string>> Read(uint64_t count);

  // The next one. False at the end, and where it cannot be read.
  bool Next(std::string& name);

 private:
  explicit NameReader(const std::string& path);

  const std::string path_;
  std::ifstream file_;
};

}  // namespace wanwu::shards
