#pragma once

#include <sys/types.h>

#include <ctime>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wanwu::secrets {

bool IsVisibleAscii(std::string_view text);

// The whole file. Errors name it and say why it cannot be read, never what is
// in it.
absl::StatusOr<std::string> ReadSecret(const std::string& path);

// A file of one word of visible ASCII, such as a token, without the blanks
// around it.
absl::StatusOr<std::string> ReadWord(const std::string& path);

// May everybody on this machine read it?
bool ReadableByOthers(const std::string& path);

// Tells two states of a file apart, also where its name now leads elsewhere.
struct FileStamp {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  time_t changed_s = 0;
  long changed_ns = 0;  // NOLINT(google-runtime-int): as struct timespec

  bool operator==(const FileStamp&) const = default;
};

// All zeros if there is no such file.
FileStamp StampOf(const std::string& path);

}  // namespace wanwu::secrets
