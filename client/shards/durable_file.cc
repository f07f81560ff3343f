#include "client/shards/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kReadable = 0644;
constexpr mode_t kEnterable = 0755;

absl::Status Failed(const std::string& path) {
  return absl::ErrnoToStatus(errno, path);
}

absl::Status SyncFolderOf(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
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
  auto file = NewFile::Create(path);
  if (!file.ok()) return file.status();
  const auto status = (*file)->Append(bytes);
  return status.ok() ? (*file)->Complete() : status;
}

absl::Status MakeFolderDurably(const std::string& path) {
  const fs::path folder = fs::path(path).lexically_normal();
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) {
    return absl::OkStatus();
  }
  // "a/" is a folder called "" in "a".
  const bool ends_with_slash = !folder.has_filename();
  const std::string parent = folder.parent_path().string();
  if (auto status = MakeFolderDurably(parent);
      !status.ok() || ends_with_slash) {
    return status;
  }
  if (mkdir(folder.c_str(), kEnterable) != 0 && errno != EEXIST) {
    return Failed(path);
  }
  return SyncFolderOf(folder.string());
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

absl::StatusOr<std::unique_ptr<NewFile>> NewFile::Create(
    const std::string& path) {
  std::unique_ptr<NewFile> created(new NewFile(path));
  auto file = AppendFile::Open(created->temporary_, 0);
  if (!file.ok()) return file.status();
  created->file_ = *std::move(file);
  return created;
}

NewFile::NewFile(const std::string& path)
    : path_(path), temporary_(path + ".new") {}

NewFile::~NewFile() {
  if (file_ != nullptr && !complete_) unlink(temporary_.c_str());
}

absl::Status NewFile::Append(std::string_view bytes) {
  return file_->Append(bytes);
}

absl::Status NewFile::Complete() {
  if (auto status = file_->Sync(); !status.ok()) return status;
  const auto status = RenameDurably(temporary_, path_);
  complete_ = status.ok();
  return status;
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
