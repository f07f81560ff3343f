#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/tracing/span_sender.h"

namespace wanwu::tracing {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// Null, and errno says why.
File OpenFile(const std::string& path) {
  File file(std::fopen(path.c_str(), "ae"));
  // What cannot be written is lost at once, not kept for later.
  if (file != nullptr) std::setvbuf(file.get(), nullptr, _IONBF, 0);
  return file;
}

class FileSender final : public SpanSender {
 public:
  FileSender(std::string path, File file)
      : path_(std::move(path)), file_(std::move(file)) {}

  SendResult Send(const ExportRequest& request,
                  std::chrono::milliseconds /*timeout*/) override {
    const std::string line =
        absl::StrCat(torn_ ? "\n" : "", ToOtlpJson(request), "\n");
    if (!IsThere() && !Reopen()) return Failed();
    const size_t written =
        std::fwrite(line.data(), 1, line.size(), file_.get());
    if (written == line.size()) {
      torn_ = false;
      return {};
    }
    torn_ = torn_ || written > 0;
    return Failed();
  }

 private:
  static SendResult Failed() {
    return {.outcome = SendResult::Outcome::kRefused,
            .reason = std::strerror(errno)};
  }

  // Not once somebody has moved or removed what is open.
  bool IsThere() const {
    struct stat named = {};
    struct stat open = {};
    return file_ != nullptr && stat(path_.c_str(), &named) == 0 &&
           fstat(fileno(file_.get()), &open) == 0 &&
           named.st_dev == open.st_dev && named.st_ino == open.st_ino;
  }

  bool Reopen() {
    file_ = OpenFile(path_);
    torn_ = false;
    return file_ != nullptr;
  }

  const std::string path_;
  File file_;
  // The last line is there in part.
  bool torn_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SpanSender>> MakeFileSender(
    const TraceEndpoint& endpoint) {
  File file = OpenFile(endpoint.path);
  if (file == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("trace_endpoint: cannot write ", endpoint.path, ": ",
                     std::strerror(errno)));
  }
  return std::make_unique<FileSender>(endpoint.path, std::move(file));
}

}  // namespace wanwu::tracing
