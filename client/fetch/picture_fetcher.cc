#include "client/fetch/picture_fetcher.h"

#include <curl/curl.h>

#include <utility>

#include "absl/strings/match.h"
#include "client/fetch/fetch_error.h"

namespace wanwu::client {
namespace {

constexpr char kProtocols[] = "http,https";
constexpr char kUserAgent[] = "wanwu/" WANWU_VERSION;
constexpr char kAccept[] = "Accept: image/*, */*;q=0.5";

void* NewHandle() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  return ready == CURLE_OK ? curl_easy_init() : nullptr;
}

}  // namespace

bool IsUrl(std::string_view text) {
  return absl::StartsWithIgnoreCase({text.data(), text.size()}, "http://") ||
         absl::StartsWithIgnoreCase({text.data(), text.size()}, "https://");
}

// One URL: its options, and what came so far.
class PictureFetcher::Transfer {
 public:
  Transfer(void* handle, const FetchLimits& limits,
           const std::atomic<bool>* stop)
      : handle_(handle),
        limits_(limits),
        stop_(stop),
        headers_(curl_slist_append(nullptr, kAccept), curl_slist_free_all) {}

  absl::StatusOr<std::string> Run(const std::string& url) {
    SetOptions(url);
    const CURLcode code = curl_easy_perform(handle_);
    FetchOutcome outcome = {.code = code, .detail = error_};
    outcome.too_large = too_large_;
    outcome.stopped = Stopped();
    outcome.limit_bytes = limits_.bytes;
    outcome.limit_time = limits_.total;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &outcome.http_status);
    const char* type = nullptr;
    curl_easy_getinfo(handle_, CURLINFO_CONTENT_TYPE, &type);
    if (type != nullptr) outcome.content_type = type;
    // Keeps connections.
    curl_easy_reset(handle_);
    const absl::Status status = CheckFetched(outcome, body_);
    if (!status.ok()) return status;
    return std::move(body_);
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(handle_, option, value);
  }

  void SetOptions(const std::string& url) {
    Set(CURLOPT_URL, url.c_str());
    Set(CURLOPT_PROTOCOLS_STR, kProtocols);
    Set(CURLOPT_REDIR_PROTOCOLS_STR, kProtocols);
    Set(CURLOPT_FOLLOWLOCATION, 1L);
    Set(CURLOPT_MAXREDIRS, limits_.redirects);
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits_.connect.count()));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits_.total.count()));
    Set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.bytes));
    Set(CURLOPT_FAILONERROR, 1L);
    Set(CURLOPT_USERAGENT, kUserAgent);
    Set(CURLOPT_HTTPHEADER, headers_.get());
    // Signals are the program's.
    Set(CURLOPT_NOSIGNAL, 1L);
    if (const char* file = getenv("SSL_CERT_FILE"); file != nullptr && *file) {
      Set(CURLOPT_CAINFO, file);
    }
    Set(CURLOPT_ERRORBUFFER, error_);
    Set(CURLOPT_WRITEFUNCTION, &Transfer::Write);
    Set(CURLOPT_WRITEDATA, this);
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &Transfer::Continue);
    Set(CURLOPT_XFERINFODATA, this);
  }

  bool Stopped() const { return stop_ != nullptr && stop_->load(); }

  static std::size_t Write(char* data, std::size_t size, std::size_t count,
                           void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    transfer.too_large_ =
        bytes > transfer.limits_.bytes - transfer.body_.size();
    if (transfer.too_large_) return 0;
    transfer.body_.append(data, bytes);
    return bytes;
  }

  static int Continue(void* self, curl_off_t /*total*/, curl_off_t /*now*/,
                      curl_off_t /*to_send*/, curl_off_t /*sent*/) {
    return static_cast<Transfer*>(self)->Stopped() ? 1 : 0;
  }

  void* const handle_;
  const FetchLimits& limits_;
  const std::atomic<bool>* const stop_;
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_;
  std::string body_;
  bool too_large_ = false;
  char error_[CURL_ERROR_SIZE] = {};
};

PictureFetcher::PictureFetcher(const FetchLimits& limits)
    : limits_(limits), handle_(NewHandle(), curl_easy_cleanup) {}

PictureFetcher::~PictureFetcher() = default;

absl::StatusOr<std::string> PictureFetcher::Fetch(
    const std::string& url, const std::atomic<bool>* stop) {
  if (handle_ == nullptr) return absl::ResourceExhaustedError("no memory");
  return Transfer(handle_.get(), limits_, stop).Run(url);
}

}  // namespace wanwu::client
