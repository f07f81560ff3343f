#pragma once

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "server/model/class_labels.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"

namespace wanwu::model {

// A model package whose manifest and labels have been read and checked.
struct Package {
  std::filesystem::path directory;
  Manifest manifest;
  ClassLabels labels;
};

// `directory` is …/<name>/<version> and its manifest must say the same. The
// labels are checked against their sha256; the model files not yet. Errors name
// the file: NOT_FOUND, INVALID_ARGUMENT, DATA_LOSS (wrong sha256).
absl::StatusOr<Package> LoadPackage(const std::filesystem::path& directory);

// The bytes of the package's model file, checked against their sha256. Errors:
// as LoadPackage; NOT_FOUND also if the package lacks the precision.
absl::StatusOr<std::string> ReadModelFile(const Package& package,
                                          Precision precision);

}  // namespace wanwu::model
