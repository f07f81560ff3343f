#pragma once

#include <filesystem>
#include <string>

namespace wanwu::model {

// What a package's folder looks like, without reading its models: tells
// whether it has changed.
struct PackageTrace {
  // sha256 of manifest.json, which states that of every other file; empty if
  // it cannot be read.
  std::string manifest;
  // Names, sizes and times of all its files.
  std::string files;

  bool operator==(const PackageTrace&) const = default;
};

PackageTrace TraceOf(const std::filesystem::path& directory);

}  // namespace wanwu::model
