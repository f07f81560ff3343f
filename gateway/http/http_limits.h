#pragma once

#include <chrono>
#include <cstddef>

namespace wanwu::gateway {

// What one connection may cost. The defaults are those of the options.
struct HttpLimits {
  // Request line and headers together.
  std::size_t max_header_bytes = 16 << 10;

  // Without a request under way.
  std::chrono::milliseconds idle_timeout{60'000};

  // From a request's first byte to the end of its headers.
  std::chrono::milliseconds header_timeout{10'000};

  // For a body, plus the time that it takes at min_body_rate.
  std::chrono::milliseconds body_timeout{30'000};
  std::size_t min_body_rate = 16 << 10;  // bytes per second

  // How long a connection may go without a request while the gateway stops. A
  // request is on its way only for as long as callers take to send it.
  std::chrono::milliseconds last_request_timeout{1'000};

  // For the caller to take what is written, each time.
  std::chrono::milliseconds write_timeout{30'000};
};

}  // namespace wanwu::gateway
