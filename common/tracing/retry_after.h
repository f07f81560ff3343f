#pragma once

#include <chrono>
#include <string_view>

namespace wanwu::tracing {

// How long a header `Retry-After` asks to wait: seconds, or until a date as
// HTTP writes it. Zero if it is malformed, or over.
std::chrono::milliseconds RetryAfter(std::string_view value,
                                     std::chrono::system_clock::time_point now);

}  // namespace wanwu::tracing
