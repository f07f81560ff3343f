#include "server/image/preprocess_files.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/npy_file.h"

namespace wanwu::image {
namespace {

constexpr size_t kReadBytes = 64 * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::string OutputName(const std::string& file) {
  return std::filesystem::path(file).filename().string() + ".npy";
}

absl::Status Unreadable() {
  return absl::UnknownError(absl::StrCat("cannot read: ", strerror(errno)));
}

// A file that is no regular file, and so has no known length, is read until
// soon after the limit: it is then refused for what was read.
absl::StatusOr<std::vector<uint8_t>> ReadWithin(const std::string& path,
                                                const ImageLimits& limits) {
  std::error_code no_size;
  const uintmax_t size = std::filesystem::file_size(path, no_size);
  if (!no_size) {
    absl::Status status = CheckEncodedBytes(size, limits);
    if (!status.ok()) return status;
  }
  const std::unique_ptr<std::FILE, CloseFile> file(
      std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Unreadable();
  std::vector<uint8_t> bytes;
  std::array<uint8_t, kReadBytes> buffer;
  while (bytes.size() <= limits.max_encoded_bytes) {
    const size_t count =
        std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (count == 0) break;
    bytes.insert(bytes.end(), buffer.begin(), buffer.begin() + count);
  }
  if (std::ferror(file.get()) != 0) return Unreadable();
  return bytes;
}

absl::Status PreprocessFile(const std::string& file,
                            const PreprocessRequest& request,
                            std::ostream& errors) {
  const auto bytes = ReadWithin(file, request.options.limits);
  if (!bytes.ok()) return bytes.status();
  const auto tensor =
      DecodePicture(ByteChain(*bytes), request.spec, request.options);
  if (!tensor.ok()) return tensor.status();
  for (const std::string& warning : tensor->warnings) {
    errors << file << ": warning: " << warning << "\n";
  }
  return WriteFileAtomically(request.output_dir / OutputName(file),
                             EncodeNpy(*tensor));
}

// Errors of this tool's own (a file that cannot be read) have no reason.
std::string ReasonOf(const absl::Status& status) {
  const std::string reason = errors::Reason(status);
  return reason.empty() ? "FILE_ERROR" : reason;
}

}  // namespace

absl::Status CheckOutputNames(const std::vector<std::string>& files) {
  std::map<std::string, std::string> file_of;
  for (const std::string& file : files) {
    const auto [other, is_new] = file_of.emplace(OutputName(file), file);
    if (is_new) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(other->second, " and ", file, " would both become ",
                     other->first, "; give them in separate runs"));
  }
  return absl::OkStatus();
}

int PreprocessFiles(const PreprocessRequest& request, std::ostream& errors) {
  int refused = 0;
  for (const std::string& file : request.files) {
    const absl::Status status = PreprocessFile(file, request, errors);
    if (status.ok()) continue;
    ++refused;
    errors << file << ": " << ReasonOf(status) << ": " << status.message()
           << "\n";
  }
  return refused;
}

}  // namespace wanwu::image
