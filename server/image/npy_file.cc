#include "server/image/npy_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace wanwu::image {
namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
constexpr size_t kLengthBytes = 2;
// The array's first byte lies at a multiple of this.
constexpr size_t kAlignment = 64;

bool WriteAll(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

absl::Status Failure(const std::filesystem::path& path) {
  return absl::UnknownError(
      absl::StrCat("cannot write ", path.string(), ": ", strerror(errno)));
}

// mkstemp gives 0600; the result shall be as readable as any new file.
mode_t DefaultFileMode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

std::string EncodeNpy(const PixelTensor& tensor) {
  std::string header =
      absl::StrCat("{'descr': '|u1', 'fortran_order': False, 'shape': (",
                   tensor.height, ", ", tensor.width, ", 3), }");
  const size_t unpadded = kMagic.size() + kLengthBytes + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header.push_back('\n');
  std::string file(kMagic);
  file.push_back(static_cast<char>(header.size() & 0xFF));
  file.push_back(static_cast<char>(header.size() >> 8));
  file.append(header);
  file.append(tensor.values.begin(), tensor.values.end());
  return file;
}

absl::Status WriteFileAtomically(const std::filesystem::path& path,
                                 const std::string& content) {
  std::string temporary = path.parent_path() / ".wanwu-XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return Failure(path);
  bool written =
      WriteAll(file, content) && ::fchmod(file, DefaultFileMode()) == 0;
  written = ::close(file) == 0 && written;
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) {
    return absl::OkStatus();
  }
  const absl::Status failure = Failure(path);
  ::unlink(temporary.c_str());
  return failure;
}

}  // namespace wanwu::image
