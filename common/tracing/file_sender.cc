#include <cerrno>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "common/tracing/span_sender.h"

namespace wanwu::tracing {
namespace {

class FileSender final : public SpanSender {
 public:
  explicit FileSender(std::ofstream file) : file_(std::move(file)) {}

  SendResult Send(const ExportRequest& request,
                  std::chrono::milliseconds /*timeout*/) override {
    file_.clear();
    file_ << ToOtlpJson(request) << '\n' << std::flush;
    if (file_) return {};
    return {.outcome = SendResult::Outcome::kRefused,
            .reason = std::strerror(errno)};
  }

 private:
  std::ofstream file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SpanSender>> MakeFileSender(
    const TraceEndpoint& endpoint) {
  std::ofstream file(endpoint.path, std::ios::app);
  if (!file) {
    return absl::FailedPreconditionError(
        absl::StrCat("trace_endpoint: cannot write ", endpoint.path, ": ",
                     std::strerror(errno)));
  }
  return std::make_unique<FileSender>(std::move(file));
}

}  // namespace wanwu::tracing
