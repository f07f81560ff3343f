#pragma once

#include <fstream>
#include <string>

namespace wanwu::cli {

// A file to write at the end, opened at the start: a long measurement must not
// be lost to a misspelt name.
class ReportFile {
 public:
  // An empty path is no file.
  explicit ReportFile(const std::string& path);

  // False if it could not be opened or written, which is said on standard
  // error.
  bool Check();
  bool Write(const std::string& text);

 private:
  const std::string path_;
  std::ofstream file_;
};

}  // namespace wanwu::cli
