#include "server/model/package_trace.h"

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/digest/sha256.h"
#include "server/model/manifest.h"

namespace wanwu::model {
namespace {

namespace fs = std::filesystem;

// Of what is no package.
constexpr size_t kMostFiles = 1000;

std::string Describe(const fs::directory_entry& entry) {
  std::error_code error;
  const auto size = entry.file_size(error);
  const auto time = entry.last_write_time(error).time_since_epoch().count();
  return absl::StrCat(entry.path().filename().string(), " ", size, " ", time);
}

}  // namespace

PackageTrace TraceOf(const fs::path& directory) {
  PackageTrace trace;
  const absl::StatusOr<std::string> manifest = ReadManifestText(directory);
  if (manifest.ok()) trace.manifest = Sha256Hex(*manifest);
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end;
       !error && at != end && files.size() < kMostFiles; at.increment(error)) {
    files.push_back(Describe(*at));
  }
  std::sort(files.begin(), files.end());
  trace.files = absl::StrJoin(files, "\n");
  return trace;
}

}  // namespace wanwu::model
