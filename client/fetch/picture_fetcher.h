#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wanwu::client {

// Whether it begins with http:// or https://, in letters of either case.
bool IsUrl(std::string_view text);

struct FetchLimits {
  // As many as servers take unless configured otherwise.
  std::size_t bytes = std::size_t{16} << 20;
  std::chrono::milliseconds connect = std::chrono::seconds(10);
  // In all, redirects among it.
  std::chrono::milliseconds total = std::chrono::seconds(30);
  long redirects = 5;
};

// Gets pictures from the Web on this machine, with its rights and its network;
// servers never do. Keeps connections for the next from the same host. Heeds
// http_proxy, https_proxy, no_proxy, and SSL_CERT_FILE as what to trust instead
// of the system's authorities. For one thread.
class PictureFetcher {
 public:
  explicit PictureFetcher(const FetchLimits& limits = {});
  ~PictureFetcher();
  PictureFetcher(const PictureFetcher&) = delete;
  PictureFetcher& operator=(const PictureFetcher&) = delete;

  // What is there, which may be no picture. CANCELLED soon after `stop` became
  // true. Other errors have a reason of kClientDomain: INVALID_ARGUMENT with
  // URL_INVALID, URL_TOO_LARGE, URL_NOT_A_PICTURE (a page) or, for what will
  // not do either next time, URL_REFUSED; NOT_FOUND with URL_NOT_FOUND;
  // UNAVAILABLE with URL_UNREACHABLE; DEADLINE_EXCEEDED with URL_TIMEOUT.
  absl::StatusOr<std::string> Fetch(const std::string& url,
                                    const std::atomic<bool>* stop = nullptr);

 private:
  class Transfer;

  const FetchLimits limits_;
  // A CURL*; null without memory.
  const std::unique_ptr<void, void (*)(void*)> handle_;
};

}  // namespace wanwu::client
