#include "client/fetch/fetch_error.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::client {
namespace {

using absl::StatusCode;

absl::Status HttpError(const FetchOutcome& outcome) {
  const long status = outcome.http_status;
  const std::string answer =
      absl::StrCat("the web server answered with HTTP status ", status);
  if (status == 404 || status == 410) {
    return MakeError(StatusCode::kNotFound, "URL_NOT_FOUND",
                     absl::StrCat("nothing is there: HTTP status ", status));
  }
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    return MakeError(StatusCode::kUnavailable, "URL_UNREACHABLE", answer);
  }
  const bool denied = status == 401 || status == 403;
  return MakeError(StatusCode::kInvalidArgument, "URL_REFUSED",
                   denied ? absl::StrCat(answer, ": access denied") : answer);
}

absl::Status TooLarge(const FetchOutcome& outcome) {
  return MakeError(StatusCode::kInvalidArgument, "URL_TOO_LARGE",
                   absl::StrCat("more than ", outcome.limit_bytes >> 20,
                                " MiB are there, which is the most that is "
                                "fetched"));
}

std::string Words(const FetchOutcome& outcome) {
  return outcome.detail.empty() ? curl_easy_strerror(outcome.code)
                                : outcome.detail;
}

absl::Status Unreachable(std::string_view what, const FetchOutcome& outcome) {
  return MakeError(StatusCode::kUnavailable, "URL_UNREACHABLE",
                   absl::StrCat(std::string(what), ": ", Words(outcome)));
}

absl::Status TransferError(const FetchOutcome& outcome) {
  switch (outcome.code) {
    case CURLE_HTTP_RETURNED_ERROR:
      return HttpError(outcome);
    case CURLE_FILESIZE_EXCEEDED:
      return TooLarge(outcome);
    case CURLE_OPERATION_TIMEDOUT:
      return MakeError(StatusCode::kDeadlineExceeded, "URL_TIMEOUT",
                       absl::StrCat("it took too long, more than ",
                                    outcome.limit_time.count() / 1000.0,
                                    " s in all or too long to connect"));
    case CURLE_URL_MALFORMAT:
      return MakeError(StatusCode::kInvalidArgument, "URL_INVALID",
                       absl::StrCat("not a URL: ", Words(outcome)));
    case CURLE_UNSUPPORTED_PROTOCOL:
      return MakeError(StatusCode::kInvalidArgument, "URL_REFUSED",
                       "it leads to something else than http or https");
    case CURLE_TOO_MANY_REDIRECTS:
      return MakeError(StatusCode::kInvalidArgument, "URL_REFUSED",
                       "it is redirected too often");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Unreachable("the name is not known", outcome);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
      return Unreachable("no trusted TLS connection", outcome);
    default:
      return Unreachable("it could not be fetched", outcome);
  }
}

bool IsPage(const FetchOutcome& outcome, std::string_view body) {
  const std::string_view type = outcome.content_type;
  if (!absl::StartsWithIgnoreCase({type.data(), type.size()}, "text/html")) {
    return false;
  }
  const auto first = body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && body[first] == '<';
}

}  // namespace

absl::Status CheckFetched(const FetchOutcome& outcome, std::string_view body) {
  if (outcome.too_large) return TooLarge(outcome);
  if (outcome.stopped) return absl::CancelledError("stopped");
  if (outcome.code != CURLE_OK) return TransferError(outcome);
  if (IsPage(outcome, body)) {
    return MakeError(StatusCode::kInvalidArgument, "URL_NOT_A_PICTURE",
                     "a web page is there, not a picture; give the picture's "
                     "own address");
  }
  return absl::OkStatus();
}

}  // namespace wanwu::client
