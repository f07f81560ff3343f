#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wanwu::shards {

// Where the names of a job's pictures come from.
struct NameSource {
  // Names are relative to it.
  std::string folder = ".";

  // A file with one name per line, "-" for standard input; empty: all files
  // below the folder.
  std::string list;

  friend bool operator==(const NameSource&, const NameSource&) = default;
};

using TakeName = std::function<absl::Status(std::string_view)>;

// Calls `take` with each name, in whatever order they come, holding none of
// them. Below a folder these are all regular files and links to such, but
// nothing whose name begins with a dot, and not what links to folders lead to.
// Ends at the first error, `take`'s or of its own: a folder that cannot be
// listed would be a gap.
absl::Status ForEachName(const NameSource& source, const TakeName& take);

}  // namespace wanwu::shards
