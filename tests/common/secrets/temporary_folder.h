#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace wanwu::test_support {

// An empty folder that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "wanwu-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::runtime_error("no temporary folder");
    }
    path_ = pattern;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string Path(const std::string& name) const { return path_ / name; }

  // Replaces the file, as one step.
  std::string Write(const std::string& name, const std::string& text) const {
    const std::string next = Path(name + ".next");
    std::ofstream(next, std::ios::binary) << text;
    std::filesystem::rename(next, Path(name));
    return Path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace wanwu::test_support
