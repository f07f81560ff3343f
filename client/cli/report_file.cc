#include "client/cli/report_file.h"

#include <cerrno>
#include <cstring>
#include <iostream>

#include "client/cli/display_width.h"

namespace wanwu::cli {

ReportFile::ReportFile(const std::string& path) : path_(path) {
  if (!path_.empty()) file_.open(path_, std::ios::binary);
}

bool ReportFile::Check() {
  if (path_.empty() || file_) return true;
  std::cerr << "wanwu: " << Printable(path_)
            << ": cannot be written: " << std::strerror(errno) << '\n';
  return false;
}

bool ReportFile::Write(const std::string& text) {
  if (path_.empty()) return true;
  errno = 0;
  file_ << text << std::flush;
  return Check();
}

}  // namespace wanwu::cli
