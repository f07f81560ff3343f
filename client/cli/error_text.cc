#include "client/cli/error_text.h"

#include "absl/strings/str_cat.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {

client::RpcError ErrorForUser(const absl::Status& status) {
  client::RpcError error = client::DescribeError(status);
  if (!error.reason.empty()) return error;
  if (absl::IsUnavailable(status)) {
    // gRPC appends a list of all attempts behind a semicolon.
    const auto cause = error.message.substr(0, error.message.find(';'));
    error.message =
        absl::StrCat("the connection to the server was lost: ", cause);
  } else if (absl::IsDeadlineExceeded(status)) {
    error.message = "no answer before the time-out";
  } else if (absl::IsUnimplemented(status)) {
    error.message = "the server does not offer this call";
  } else if (error.message.empty()) {
    error.message = "the server gave no message";
  }
  return error;
}

std::string ErrorLine(std::string_view subject, const absl::Status& status) {
  const client::RpcError error = ErrorForUser(status);
  std::string line = "wanwu: ";
  if (!subject.empty()) line.append(Printable(subject)).append(": ");
  line += Printable(error.message);
  const std::string& reason = error.reason.empty() ? error.code : error.reason;
  return line + " (" + Printable(reason) + ")\n";
}

std::string WarningLine(std::string_view subject, std::string_view message) {
  return "wanwu: " + Printable(subject) + ": warning: " + Printable(message) +
         "\n";
}

}  // namespace wanwu::cli
