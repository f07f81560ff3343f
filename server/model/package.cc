#include "server/model/package.h"

#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/digest/sha256.h"
#include "server/model/bounded_file.h"

namespace wanwu::model {
namespace {

constexpr size_t kMaxLabelsBytes = size_t{64} << 20;
constexpr size_t kMaxModelBytes = size_t{4} << 30;

absl::StatusOr<std::string> ReadVerifiedFile(
    const std::filesystem::path& directory, const PackageFile& file,
    size_t max_bytes) {
  const std::filesystem::path path = directory / file.file;
  absl::StatusOr<std::string> contents = ReadBoundedFile(path, max_bytes);
  if (!contents.ok()) return contents.status();
  const std::string sha256 = Sha256Hex(*contents);
  if (sha256 != file.sha256) {
    return absl::DataLossError(
        absl::StrCat(path.string(), ": sha256 is ", sha256,
                     " where the manifest states ", file.sha256));
  }
  return contents;
}

absl::Status CheckPlace(const std::filesystem::path& directory,
                        const Manifest& manifest) {
  const std::filesystem::path expected =
      std::filesystem::path(manifest.name) / std::to_string(manifest.version);
  // Makes "." and a trailing slash comparable.
  const std::filesystem::path place =
      std::filesystem::absolute(directory / "manifest.json")
          .lexically_normal()
          .parent_path();
  if (place.parent_path().filename() / place.filename() == expected) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(directory.string(), ": holds ", expected.string(),
                   " by its manifest, so its path must end with that"));
}

}  // namespace

absl::StatusOr<Package> LoadPackage(const std::filesystem::path& directory) {
  absl::StatusOr<Manifest> manifest = ReadManifest(directory);
  if (!manifest.ok()) return manifest.status();
  const absl::Status place = CheckPlace(directory, *manifest);
  if (!place.ok()) return place;
  const absl::StatusOr<std::string> tsv =
      ReadVerifiedFile(directory, manifest->labels, kMaxLabelsBytes);
  if (!tsv.ok()) return tsv.status();
  absl::StatusOr<ClassLabels> labels =
      ClassLabels::Parse(*tsv, manifest->labels_count,
                         (directory / manifest->labels.file).string());
  if (!labels.ok()) return labels.status();
  return Package{directory, *std::move(manifest), *std::move(labels)};
}

absl::StatusOr<std::string> ReadModelFile(const Package& package,
                                          Precision precision) {
  const auto entry = package.manifest.precisions.find(precision);
  if (entry == package.manifest.precisions.end()) {
    const std::string_view name = PrecisionName(precision);
    return absl::NotFoundError(
        absl::StrCat(package.directory.string(), ": has no ",
                     absl::string_view(name.data(), name.size()), " model"));
  }
  return ReadVerifiedFile(package.directory, entry->second.model,
                          kMaxModelBytes);
}

}  // namespace wanwu::model
