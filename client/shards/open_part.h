#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/shards/durable_file.h"
#include "client/shards/manifest.h"
#include "client/shards/name_file.h"
#include "client/shards/result_line.h"
#include "client/shards/sha256.h"

namespace wanwu::shards {

// The file of results that a shard is writing: "part-000007.ndjson.open" until
// it is complete, then without ".open".
class OpenPart {
 public:
  // The part of that number, which begins with the picture `skip` of the file
  // `names`. Takes up what an earlier process left: as many whole lines as are
  // those of the pictures in turn. What follows them is cut off.
  static absl::StatusOr<std::unique_ptr<OpenPart>> Begin(
      const std::string& folder, std::size_t number, const std::string& names,
      uint64_t skip);

  uint64_t lines() const { return facts_.lines; }
  uint64_t errors() const { return facts_.errors; }

  // Of the next picture, without its end. Survives the death of the process.
  absl::Status Append(std::string_view line, LineKind kind);

  // Brings it to the disk under its own name.
  absl::StatusOr<PartFacts> Complete();

 private:
  OpenPart() = default;

  absl::Status TakeUp(NameReader& names);
  void Count(std::string_view line, LineKind kind);

  std::string path_;
  PartFacts facts_;
  Sha256 digest_;
  std::unique_ptr<AppendFile> file_;
};

}  // namespace wanwu::shards
