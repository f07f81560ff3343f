#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace wanwu::model {

// An empty folder that is removed again.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Makes missing folders.
void WriteFile(const std::filesystem::path& path, std::string_view contents);

// Labels of `count` classes: "class 0" and "类0", "class 1" and "类1", …
std::string LabelsTsv(int count);

// A right manifest of model "tiny", version 7, with fp32 and int8 for the
// labels of LabelsTsv(3) and model files that hold "fp32" and "int8".
nlohmann::json TinyManifest();

// Writes that package under `repository` and returns its folder.
std::filesystem::path WriteTinyPackage(const std::filesystem::path& repository,
                                       const nlohmann::json& manifest);

}  // namespace wanwu::model
