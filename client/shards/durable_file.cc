#include "client/shards/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace wanwu::shards {
namespace {

constexpr mode_t kReadable = 0644;

absl::Status Failed(const std::string& path) {
  return absl::ErrnoToStatus(errno, path);
}

absl::Status SyncFolderOf(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return Failed(folder);
  // Some file systems have nothing to synchronise of folders, and say so.
  const bool synced = fsync(descriptor) == 0 || errno == EINVAL;
  const absl::Status status = synced ? absl::OkStatus() : Failed(folder);
  close(descriptor);
  return status;
}

}  // namespace

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failed(path);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (file.bad()) return absl::DataLossError(path + ": cannot be read");
  return text;
}

absl::Status WriteDurably(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  auto file = AppendFile::Open(temporary, 0);
  if (!file.ok()) return file.status();
  if (auto status = (*file)->Append(bytes); !status.ok()) return status;
  if (auto status = (*file)->Sync(); !status.ok()) return status;
  return RenameDurably(temporary, path);
}

absl::Status RenameDurably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return Failed(from);
  return SyncFolderOf(to);
}

absl::StatusOr<std::unique_ptr<AppendFile>> AppendFile::Open(
    const std::string& path, uint64_t size) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kReadable);
  if (descriptor < 0) return Failed(path);
  std::unique_ptr<AppendFile> file(new AppendFile(path, descriptor));
  if (ftruncate(descriptor, static_cast<off_t>(size)) != 0) {
    return Failed(path);
  }
  return file;
}

AppendFile::AppendFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor) {}

AppendFile::~AppendFile() { close(descriptor_); }

absl::Status AppendFile::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed(path_);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status AppendFile::Sync() {
  return fsync(descriptor_) == 0 ? absl::OkStatus() : Failed(path_);
}

absl::StatusOr<std::unique_ptr<FileLock>> FileLock::Take(
    const std::string& path) {
  const int descriptor =
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kReadable);
  if (descriptor < 0) return Failed(path);
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return Failed(path);
  return absl::FailedPreconditionError(path + ": another process has it");
}

FileLock::~FileLock() { close(descriptor_); }

}  // namespace wanwu::shards
