#include "client/cli/picture_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::cli {
namespace {

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : owned_(path != "-"),
        descriptor_(owned_ ? open(path.c_str(), O_RDONLY | O_CLOEXEC)
                           : STDIN_FILENO) {}

  ~OpenFile() {
    if (owned_ && descriptor_ >= 0) close(descriptor_);
  }

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  const bool owned_;
  const int descriptor_;
};

absl::Status Unreadable(int error) {
  client::RpcError described;
  described.reason = "FILE_UNREADABLE";
  described.domain = client::kClientDomain;
  described.message = std::generic_category().message(error);
  described.metadata["errno"] = std::to_string(error);
  return client::MakeError(absl::ErrnoToStatusCode(error), described);
}

absl::Status TooLarge() {
  return client::MakeError(
      absl::StatusCode::kInvalidArgument, "FILE_TOO_LARGE",
      absl::StrCat("the file has more than ", kMaxPictureBytes >> 20,
                   " MiB; servers take 16 MiB unless configured otherwise"));
}

// Room for the expected size and one byte more, so that the end is seen without
// growing.
std::size_t FirstRoom(const struct stat& status) {
  constexpr std::size_t kUnknownSize = 64 * 1024;
  if (!S_ISREG(status.st_mode)) return kUnknownSize;
  return static_cast<std::size_t>(status.st_size) + 1;
}

}  // namespace

absl::StatusOr<std::string> ReadPicture(const std::string& path) {
  const OpenFile file(path);
  struct stat status = {};
  if (file.descriptor() < 0 || fstat(file.descriptor(), &status) != 0) {
    return Unreadable(errno);
  }
  if (S_ISDIR(status.st_mode)) return Unreadable(EISDIR);
  if (S_ISREG(status.st_mode) &&
      status.st_size > static_cast<off_t>(kMaxPictureBytes)) {
    return TooLarge();
  }

  std::string bytes(FirstRoom(status), '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t count =
        read(file.descriptor(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unreadable(errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > kMaxPictureBytes) return TooLarge();
    if (size == bytes.size()) bytes.resize(2 * size);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace wanwu::cli
