#include "server/model/bounded_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wanwu::model {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status ErrnoError(const std::filesystem::path& path) {
  return absl::ErrnoToStatus(errno, path.string());
}

absl::Status ReadAll(int fd, const std::filesystem::path& path,
                     std::string& contents) {
  size_t done = 0;
  while (done < contents.size()) {
    const ssize_t n = read(fd, contents.data() + done, contents.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return ErrnoError(path);
    if (n == 0) {
      return absl::InternalError(
          absl::StrCat(path.string(), ": became shorter while it was read"));
    }
    done += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadBoundedFile(const std::filesystem::path& path,
                                            size_t max_bytes) {
  // O_NONBLOCK: opening a named pipe must not hang the start.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return ErrnoError(path);
  struct stat attributes = {};
  if (fstat(file.get(), &attributes) != 0) return ErrnoError(path);
  if (!S_ISREG(attributes.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": is not a regular file"));
  }
  if (static_cast<uint64_t>(attributes.st_size) > max_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": has ", attributes.st_size,
                     " bytes, more than the limit of ", max_bytes));
  }
  std::string contents(static_cast<size_t>(attributes.st_size), '\0');
  const absl::Status status = ReadAll(file.get(), path, contents);
  if (!status.ok()) return status;
  return contents;
}

}  // namespace wanwu::model
