#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Files that are whole after a power cut. Errors name the file.
namespace wanwu::shards {

// A whole file's text.
absl::StatusOr<std::string> ReadWhole(const std::string& path);

// The file has the old content or the new one, never a part of it.
absl::Status WriteDurably(const std::string& path, std::string_view bytes);

// As one step, of which a power cut leaves all or nothing.
absl::Status RenameDurably(const std::string& from, const std::string& to);

// A file that grows.
class AppendFile {
 public:
  // Cut off at `size`, which is what it has at least; made if there is none.
  static absl::StatusOr<std::unique_ptr<AppendFile>> Open(
      const std::string& path, uint64_t size);
  ~AppendFile();

  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  absl::Status Append(std::string_view bytes);

  // All of it is on the disk.
  absl::Status Sync();

 private:
  AppendFile(std::string path, int descriptor);

  const std::string path_;
  const int descriptor_;
};

// Held by one process at a time, until it ends, however it does.
class FileLock {
 public:
  // FAILED_PRECONDITION if another process has it.
  static absl::StatusOr<std::unique_ptr<FileLock>> Take(
      const std::string& path);
  ~FileLock();

  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
};

}  // namespace wanwu::shards
