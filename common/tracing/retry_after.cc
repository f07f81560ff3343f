#include "common/tracing/retry_after.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wanwu::tracing {

std::chrono::milliseconds RetryAfter(
    std::string_view value, std::chrono::system_clock::time_point now) {
  const absl::string_view text(value.data(), value.size());
  absl::Duration wait;
  int64_t seconds = 0;
  absl::Time date;
  if (absl::SimpleAtoi(text, &seconds)) {
    wait = absl::Seconds(seconds);
  } else if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &date,
                             nullptr)) {
    wait = date - absl::FromChrono(now);
  }
  return absl::ToChronoMilliseconds(std::max(wait, absl::ZeroDuration()));
}

}  // namespace wanwu::tracing
