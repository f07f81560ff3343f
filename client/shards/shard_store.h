#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/shards/durable_file.h"
#include "client/shards/manifest.h"
#include "client/shards/open_part.h"

namespace wanwu::shards {

struct ShardPlan {
  // Has a folder for each shard.
  std::string output_folder;
  Shard shard;
  NameSource source;
  Question question;
  uint64_t pictures_per_part = 10'000;
};

// Whether Open() failed because the shard was begun with another plan, which
// the same call will never do.
bool IsBegunOtherwise(const absl::Status& status);

// A shard's folder: what is to be classified, and what is done of it. After any
// death of its process, or of the machine, it goes on where it was: a picture
// has one line, at the place that its name has among the shard's, or none yet.
// For one thread, and one process at a time.
class ShardStore {
 public:
  // Lists the pictures if that has not been done. FAILED_PRECONDITION if
  // another process has the shard, or if it was begun with another plan.
  static absl::StatusOr<std::unique_ptr<ShardStore>> Open(
      const ShardPlan& plan);

  bool Done() const { return manifest_.Done(); }
  // Pictures that have their line.
  uint64_t done_count() const;
  uint64_t error_count() const;
  const Manifest& manifest() const { return manifest_; }

  // The pictures that are missing in the open part, in order.
  absl::StatusOr<std::vector<std::string>> Missing() const;

  // The line of the first of them, without its end.
  absl::Status Append(std::string_view line, LineKind kind);

 private:
  explicit ShardStore(const ShardPlan& plan);

  std::string PathOf(const std::string& file) const;
  absl::Status Begin(const ShardPlan& plan);
  absl::Status TakeUp(const ShardPlan& plan);
  absl::Status CheckParts() const;
  absl::Status OpenNext();
  absl::Status CompletePart();
  absl::Status WriteManifest() const;
  uint64_t PicturesOfPart() const;

  const std::string folder_;
  const uint64_t pictures_per_part_;
  std::unique_ptr<FileLock> lock_;
  Manifest manifest_;
  // None if all is done.
  std::unique_ptr<OpenPart> part_;
};

}  // namespace wanwu::shards
