#include "client/shards/name_source.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

absl::Status Unlistable(const std::string& where,
                        const std::error_code& error) {
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot list ", where));
}

// At the root of a volume, and nobody but root may look into it.
constexpr std::string_view kOfTheFileSystem = "lost+found";

// What a link that is broken says.
bool LeadsNowhere(const std::error_code& error) {
  return error == std::errc::no_such_file_or_directory ||
         error == std::errc::not_a_directory ||
         error == std::errc::too_many_symbolic_link_levels;
}

absl::Status ForEachFile(const std::string& folder, const TakeName& take) {
  std::error_code error;
  fs::recursive_directory_iterator each(folder, error);
  if (error) return Unlistable(folder, error);
  // Less what every path begins with.
  const std::size_t prefix = (fs::path(folder) / "").string().size();
  while (each != fs::recursive_directory_iterator()) {
    const std::string path = each->path().string();
    const std::string name = each->path().filename().string();
    if (name.starts_with('.') ||
        (each.depth() == 0 && name == kOfTheFileSystem)) {
      each.disable_recursion_pending();
    } else if (each->is_regular_file(error)) {
      const auto status = take(std::string_view(path).substr(prefix));
      if (!status.ok()) return status;
    } else if (error && !LeadsNowhere(error)) {
      return Unlistable(path, error);
    }
    each.increment(error);
    if (error) return Unlistable("what follows " + path, error);
  }
  return absl::OkStatus();
}

absl::Status ForEachLine(std::istream& lines, const std::string& list,
                         const TakeName& take) {
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.find('\0') != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat(list, ": a line holds a zero byte"));
    }
    if (const auto status = take(line); !status.ok()) return status;
  }
  if (lines.bad()) {
    return absl::DataLossError(absl::StrCat(list, ": cannot be read"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ForEachName(const NameSource& source, const TakeName& take) {
  if (source.list.empty()) return ForEachFile(source.folder, take);
  if (source.list == "-") return ForEachLine(std::cin, "standard input", take);
  errno = 0;
  std::ifstream lines(source.list, std::ios::binary);
  if (!lines || fs::is_directory(source.list)) {
    return absl::ErrnoToStatus(errno != 0 ? errno : EISDIR, source.list);
  }
  return ForEachLine(lines, source.list, take);
}

}  // namespace wanwu::shards
