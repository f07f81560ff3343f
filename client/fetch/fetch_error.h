#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wanwu::client {

// How a transfer ended.
struct FetchOutcome {
  CURLcode code = CURLE_OK;
  // libcurl's words, if it has any.
  std::string detail = {};
  // 0: no answer came.
  long http_status = 0;
  std::string content_type = {};
  // More came than was wanted, announced or not.
  bool too_large = false;
  bool stopped = false;
  std::size_t limit_bytes = 0;
  std::chrono::milliseconds limit_time{};
};

// Why it gave no picture, in words for users; OK if `body` may be one. What
// hosts say of its type is believed only where they say it is a page and it
// begins like one.
absl::Status CheckFetched(const FetchOutcome& outcome, std::string_view body);

}  // namespace wanwu::client
