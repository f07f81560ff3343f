#include "client/shards/verdict.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "absl/strings/numbers.h"
#include "client/lib/rpc_error.h"

namespace wanwu::shards {
namespace {

// What opening or reading says of the file itself; the rest, such as EIO and
// ENOTCONN, of what it is mounted from.
constexpr std::array kOfTheFile = {EACCES,       EINVAL,  EISDIR, ELOOP, ENOENT,
                                   ENAMETOOLONG, ENOTDIR, ENXIO,  EPERM};

Verdict OfFile(const client::RpcError& error) {
  int number = 0;
  const auto found = error.metadata.find("errno");
  // Too large, for example.
  if (found == error.metadata.end()) return Verdict::kBadPicture;
  const bool lasting =
      absl::SimpleAtoi(found->second, &number) &&
      std::count(kOfTheFile.begin(), kOfTheFile.end(), number) > 0;
  return lasting ? Verdict::kBadPicture : Verdict::kWait;
}

// A web server that is away is not waited for as long as our own is.
Verdict OfUrl(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable ||
                 code == absl::StatusCode::kDeadlineExceeded
             ? Verdict::kTryAgain
             : Verdict::kBadPicture;
}

}  // namespace

Verdict VerdictOf(const absl::Status& status) {
  const client::RpcError error = client::DescribeError(status);
  if (error.reason.starts_with("URL_")) return OfUrl(status.code());
  if (error.reason.starts_with("FILE_")) return OfFile(error);
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return error.reason.empty() || error.reason.starts_with("IMAGE_")
                 ? Verdict::kBadPicture
                 : Verdict::kRefused;
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kFailedPrecondition:
      return Verdict::kRefused;
    case absl::StatusCode::kInternal:
      // Without a reason it is the transport's.
      return error.reason.empty() ? Verdict::kWait : Verdict::kTryAgain;
    default:
      return Verdict::kWait;
  }
}

}  // namespace wanwu::shards
