#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace wanwu::cli {

struct ListedFile {
  std::string path;

  // Why a directory could not be listed; `path` is that directory's then.
  absl::Status problem = absl::OkStatus();
};

enum class Descend { kNo, kYes };

// The arguments in their order, a directory replaced by its files. These are
// all regular files and links to such, whatever their extension, sorted by
// name; names that begin with a dot are left out. kYes takes sub-directories
// in, but not links to directories. Other arguments are kept as they are, even
// if nothing is there.
std::vector<ListedFile> ListFiles(const std::vector<std::string>& arguments,
                                  Descend descend);

bool IsDirectory(const std::string& path);

}  // namespace wanwu::cli
