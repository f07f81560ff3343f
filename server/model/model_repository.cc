#include "server/model/model_repository.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/model/manifest.h"

namespace wanwu::model {
namespace {

namespace fs = std::filesystem;

bool IsIgnored(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".tmp");
}

// What stands in a directory, without what is ignored.
std::vector<fs::path> Entries(const fs::path& directory,
                              std::error_code& error) {
  std::vector<fs::path> entries;
  for (fs::directory_iterator at(directory, error), end; !error && at != end;
       at.increment(error)) {
    if (!IsIgnored(at->path().filename().string())) {
      entries.push_back(at->path());
    }
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

void ScanVersion(const fs::path& directory, RepositoryListing& listing) {
  const auto odd = [&](std::string_view problem) {
    listing.oddities.push_back(directory.string() + std::string(problem));
  };
  const std::optional<int64_t> version =
      ParseModelVersion(directory.filename().string());
  std::error_code error;
  if (!IsDirectory(directory)) return odd(": is not a directory");
  if (!version) {
    return odd(": is not named with a positive number without zeros before it");
  }
  if (!fs::exists(directory / "manifest.json", error)) {
    return odd(": has no manifest.json");
  }
  listing.packages.push_back(
      {directory.parent_path().filename().string(), *version, directory});
}

void ScanModel(const fs::path& directory, RepositoryListing& listing) {
  const auto odd = [&](std::string_view problem) {
    listing.oddities.push_back(directory.string() + std::string(problem));
  };
  if (!IsDirectory(directory)) return odd(": is not a directory");
  if (!IsModelName(directory.filename().string())) {
    return odd(": is no name for a model");
  }
  std::error_code error;
  for (const fs::path& entry : Entries(directory, error)) {
    ScanVersion(entry, listing);
  }
  if (error) odd(": " + error.message());
}

bool NewestFirst(const PackageLocation& a, const PackageLocation& b) {
  return std::tie(a.name, b.version) < std::tie(b.name, a.version);
}

}  // namespace

absl::StatusOr<RepositoryListing> ScanModelRepository(
    const fs::path& repository) {
  std::error_code error;
  const std::vector<fs::path> models = Entries(repository, error);
  if (error) return absl::ErrnoToStatus(error.value(), repository.string());
  RepositoryListing listing;
  for (const fs::path& model : models) ScanModel(model, listing);
  std::sort(listing.packages.begin(), listing.packages.end(), NewestFirst);
  return listing;
}

}  // namespace wanwu::model
