#include "common/secrets/read_secret.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace wanwu::secrets {
namespace {

absl::Status CannotRead(const std::string& path, int error) {
  return absl::NotFoundError(absl::StrCat(
      "cannot read ", path, ": ", std::generic_category().message(error)));
}

}  // namespace

bool IsVisibleAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7f; });
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return CannotRead(path, errno);
  if (S_ISDIR(status.st_mode)) return CannotRead(path, EISDIR);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotRead(path, errno == 0 ? EIO : errno);
  std::ostringstream content;
  // Of nothing to read, << would make a failure.
  const bool empty = S_ISREG(status.st_mode) && status.st_size == 0;
  if (!empty) content << file.rdbuf();
  if (!file || !content) return CannotRead(path, EIO);
  return content.str();
}

absl::StatusOr<std::string> ReadWord(const std::string& path) {
  absl::StatusOr<std::string> text = ReadSecret(path);
  if (!text.ok()) return text;
  absl::StripAsciiWhitespace(&*text);
  if (text->empty() || !IsVisibleAscii(*text)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " must hold one word of visible ASCII"));
  }
  return text;
}

bool ReadableByOthers(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

FileStamp StampOf(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return {};
  // Of the change, not of the content, whose time anybody can set.
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .size = status.st_size,
          .changed_s = status.st_ctim.tv_sec,
          .changed_ns = status.st_ctim.tv_nsec};
}

}  // namespace wanwu::secrets
