#include "client/shards/name_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <utility>

#include "client/shards/durable_file.h"
#include "client/shards/sha256.h"

namespace wanwu::shards {
namespace {

// Collects what is written into larger pieces.
class BufferedFile {
 public:
  explicit BufferedFile(AppendFile& file) : file_(file) {}

  // With its zero byte.
  absl::Status AddName(std::string_view name) {
    buffer_.append(name).push_back('\0');
    return buffer_.size() < kPiece ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    const absl::Status status = file_.Append(buffer_);
    buffer_.clear();
    return status;
  }

 private:
  static constexpr std::size_t kPiece = 256 * 1024;

  AppendFile& file_;
  std::string buffer_;
};

// A whole file, of which the system holds no more in memory than it likes.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path) {
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    struct stat facts = {};
    if (fstat(descriptor, &facts) == 0) {
      size_ = static_cast<std::size_t>(facts.st_size);
    }
    data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
  }

  ~MappedFile() {
    if (ok()) munmap(data_, size_);
  }

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  bool ok() const { return data_ != MAP_FAILED; }
  const char* data() const { return static_cast<const char*>(data_); }
  std::size_t size() const { return size_; }

 private:
  void* data_ = MAP_FAILED;
  std::size_t size_ = 0;
};

// The names of the shard as they come.
absl::Status Spool(const NameSource& source, const Shard& shard,
                   const std::string& path, NameFacts& facts) {
  auto file = AppendFile::Open(path, 0);
  if (!file.ok()) return file.status();
  BufferedFile out(**file);
  const auto status = ForEachName(source, [&](std::string_view name) {
    const uint64_t hash = NameHash(name);
    ++facts.listed;
    facts.listed_sum += hash;
    if (hash % shard.count != shard.index) return absl::OkStatus();
    ++facts.count;
    return out.AddName(name);
  });
  return status.ok() ? out.Flush() : status;
}

std::vector<const char*> Sorted(const MappedFile& names, uint64_t count) {
  std::vector<const char*> sorted;
  sorted.reserve(count);
  const char* const end = names.data() + names.size();
  for (const char* name = names.data(); name != end;
       name += std::strlen(name) + 1) {
    sorted.push_back(name);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const char* a, const char* b) { return std::strcmp(a, b) < 0; });
  return sorted;
}

// What was spooled, sorted and each once.
absl::Status Sort(const std::string& spooled, AppendFile& file,
                  NameFacts& facts) {
  Sha256 digest;
  BufferedFile out(file);
  const uint64_t spooled_count = std::exchange(facts.count, 0);
  // Nothing cannot be mapped.
  if (spooled_count > 0) {
    const MappedFile names(spooled);
    if (!names.ok()) return absl::ErrnoToStatus(errno, spooled);
    const char* last = nullptr;
    for (const char* name : Sorted(names, spooled_count)) {
      if (last != nullptr && std::strcmp(last, name) == 0) continue;
      last = name;
      ++facts.count;
      digest.Update({name, std::strlen(name) + 1});
      if (const auto status = out.AddName(name); !status.ok()) return status;
    }
  }
  facts.repeated = spooled_count - facts.count;
  facts.sha256 = digest.Finish();
  return out.Flush();
}

}  // namespace

absl::StatusOr<NameFacts> WriteNames(const NameSource& source,
                                     const Shard& shard,
                                     const std::string& path) {
  const std::string spooled = path + ".listed";
  NameFacts facts;
  auto status = Spool(source, shard, spooled, facts);
  if (!status.ok()) return status;
  auto file = AppendFile::Open(path + ".new", 0);
  if (!file.ok()) return file.status();
  status = Sort(spooled, **file, facts);
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = RenameDurably(path + ".new", path);
  if (!status.ok()) return status;
  // What stays would be written over next time.
  std::error_code ignored;
  std::filesystem::remove(spooled, ignored);
  return facts;
}

absl::StatusOr<std::unique_ptr<NameReader>> NameReader::Open(
    const std::string& path, uint64_t skip) {
  errno = 0;
  std::unique_ptr<NameReader> reader(new NameReader(path));
  if (!reader->file_) return absl::ErrnoToStatus(errno, path);
  std::string name;
  while (skip > 0 && reader->Next(name)) --skip;
  if (skip > 0) return absl::DataLossError(path + ": names are missing");
  return reader;
}

NameReader::NameReader(const std::string& path)
    : path_(path), file_(path, std::ios::binary) {}

absl::StatusOr<std::vector<std::string>> NameReader::Read(uint64_t count) {
  std::vector<std::string> names;
  for (std::string name; names.size() < count && Next(name);) {
    names.push_back(name);
  }
  if (file_.bad()) return absl::DataLossError(path_ + ": cannot be read");
  return names;
}

bool NameReader::Next(std::string& name) {
  return static_cast<bool>(std::getline(file_, name, '\0'));
}

}  // namespace wanwu::shards
