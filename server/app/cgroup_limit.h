#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace wanwu::app {

// Reads a limit from the directory of one cgroup; nothing: there is none.
using CgroupLimitReader =
    std::optional<double> (*)(const std::filesystem::path& directory);

// A limit that a controller such as "cpu" sets, and where v1 and v2 keep it.
struct CgroupLimit {
  std::string_view controller;
  CgroupLimitReader read_v1;
  CgroupLimitReader read_v2;
};

// The smallest such limit of this process's cgroup and of every one above it.
// What cannot be read limits nothing. Files are looked for under `root`.
std::optional<double> SmallestCgroupLimit(const CgroupLimit& limit,
                                          const std::filesystem::path& root);

// Empty if the file cannot be read.
std::string ReadText(const std::filesystem::path& path);

}  // namespace wanwu::app
