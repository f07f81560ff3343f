#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/shards/name_file.h"
#include "client/shards/name_source.h"
#include "client/shards/shard.h"

namespace wanwu::shards {

// What every picture is asked.
struct Question {
  int top_k = 5;
  std::string model;
  std::string model_version;
  std::string language;

  friend bool operator==(const Question&, const Question&) = default;
};

// A file of results that is complete.
struct PartFacts {
  std::string file;
  uint64_t lines = 0;
  // Of these lines.
  uint64_t errors = 0;
  uint64_t bytes = 0;
  std::string sha256;

  friend bool operator==(const PartFacts&, const PartFacts&) = default;
};

// What is known of a shard, in the order of its names.
struct Manifest {
  Shard shard;
  NameSource source;
  Question question;
  NameFacts names;
  std::vector<PartFacts> parts;

  uint64_t Lines() const;
  uint64_t Errors() const;
  bool Done() const { return Lines() == names.count; }

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

// JSON for people and programs; docs/batch.md names the fields.
std::string ManifestText(const Manifest& manifest);

// DATA_LOSS if it is none that this release can read.
absl::StatusOr<Manifest> ParseManifest(std::string_view text);

// Names of files in a shard's folder.
inline constexpr char kManifestFile[] = "manifest.json";
inline constexpr char kNamesFile[] = "names";

}  // namespace wanwu::shards
