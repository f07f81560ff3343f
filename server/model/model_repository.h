#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace wanwu::model {

// Where one version of one model lies.
struct PackageLocation {
  std::string name;
  int64_t version = 0;
  std::filesystem::path directory;

  bool operator==(const PackageLocation&) const = default;
};

struct RepositoryListing {
  // By name, then newest version first.
  std::vector<PackageLocation> packages;
  // One sentence per entry that is no package, with its path.
  std::vector<std::string> oddities;
};

// Lists <name>/<version>/manifest.json under `repository`; opens no file.
// Entries that begin with '.' or end with ".tmp" are ignored, so that a
// package can be written beside its place and renamed. Errors: NOT_FOUND,
// PERMISSION_DENIED, INVALID_ARGUMENT (not a directory).
absl::StatusOr<RepositoryListing> ScanModelRepository(
    const std::filesystem::path& repository);

}  // namespace wanwu::model
