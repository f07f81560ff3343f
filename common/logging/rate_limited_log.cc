#include "common/logging/rate_limited_log.h"

#include <algorithm>
#include <utility>

namespace wanwu::logging {

RateLimitedLog::RateLimitedLog(Logger& logger, int lines_per_second,
                               Clock clock)
    : logger_(logger),
      lines_per_second_(std::max(1, lines_per_second)),
      clock_(std::move(clock)) {}

void RateLimitedLog::Log(Level level, std::string_view event,
                         const Fields& fields) {
  Log(level, event, [&fields] { return fields; });
}

void RateLimitedLog::Log(Level level, std::string_view event,
                         const std::function<Fields()>& make_fields) {
  if (!logger_.Enabled(level)) return;
  const std::optional<int64_t> suppressed = Take(event);
  if (!suppressed.has_value()) return;
  Fields fields = make_fields();
  if (*suppressed != 0) fields.emplace_back("suppressed", *suppressed);
  Write(level, event, fields);
}

void RateLimitedLog::Write(Level level, std::string_view event,
                           const Fields& fields) {
  logger_.Log(level, event, fields);
  if (level < Level::kWarning) return;
  Line line{.time = std::chrono::system_clock::now(),
            .level = level,
            .text = RenderText(event, fields)};
  const std::lock_guard lock(mu_);
  recent_.push_back(std::move(line));
  if (recent_.size() > kRecentLines) recent_.pop_front();
}

std::vector<RateLimitedLog::Line> RateLimitedLog::Recent() const {
  const std::lock_guard lock(mu_);
  return {recent_.begin(), recent_.end()};
}

std::optional<int64_t> RateLimitedLog::Take(std::string_view event) {
  const std::lock_guard lock(mu_);
  // Read under the lock, so that a bucket never sees time go back.
  const auto now = clock_();
  auto found = buckets_.find(event);
  if (found == buckets_.end()) {
    found = buckets_
                .emplace(std::string(event),
                         Bucket{.tokens = lines_per_second_, .filled_at = now})
                .first;
  }
  Bucket& bucket = found->second;
  const std::chrono::duration<double> elapsed = now - bucket.filled_at;
  bucket.tokens = std::min(lines_per_second_,
                           bucket.tokens + elapsed.count() * lines_per_second_);
  bucket.filled_at = now;
  if (bucket.tokens < 1) {
    ++bucket.suppressed;
    return std::nullopt;
  }
  bucket.tokens -= 1;
  return std::exchange(bucket.suppressed, 0);
}

void RateLimitedLog::ReportSuppressed() {
  const std::lock_guard lock(mu_);
  for (auto& [event, bucket] : buckets_) {
    const int64_t count = std::exchange(bucket.suppressed, 0);
    if (count == 0) continue;
    logger_.Warning("log_lines_suppressed",
                    {{"of_event", event}, {"count", count}});
  }
}

}  // namespace wanwu::logging
