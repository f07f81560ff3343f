#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/logging/logger.h"

namespace wanwu::logging {

// Keeps a flood of one event from filling the log: each event name has a token
// bucket of its own, one second's lines deep. How many lines were left out is
// on the event's next line, as `suppressed`. Thread-safe.
class RateLimitedLog {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // `lines_per_second` is at least 1. `logger` must outlive this object.
  RateLimitedLog(
      Logger& logger, int lines_per_second,
      Clock clock = [] { return std::chrono::steady_clock::now(); });

  RateLimitedLog(const RateLimitedLog&) = delete;
  RateLimitedLog& operator=(const RateLimitedLog&) = delete;

  // `event` comes from a fixed set of names: each is kept for good.
  void Log(Level level, std::string_view event, const Fields& fields = {});
  // The same, with fields that are made only for a line that is written.
  void Log(Level level, std::string_view event,
           const std::function<Fields()>& make_fields);

  // A line that was written, without its time and level.
  struct Line {
    std::chrono::system_clock::time_point time;
    Level level = Level::kInfo;
    std::string text;
  };
  static constexpr size_t kRecentLines = 20;

  // The last warnings and errors that were written, oldest first.
  std::vector<Line> Recent() const;

  // Writes a line `log_lines_suppressed` for each event whose count has not
  // been told yet. For the end of the process.
  void ReportSuppressed();

 private:
  struct Bucket {
    double tokens;
    std::chrono::steady_clock::time_point filled_at;
    int64_t suppressed = 0;
  };

  // How many lines were suppressed since the last one, or nothing if this one
  // is too.
  std::optional<int64_t> Take(std::string_view event);
  void Write(Level level, std::string_view event, const Fields& fields);

  // Constant after construction.
  Logger& logger_;
  const double lines_per_second_;
  const Clock clock_;

  mutable std::mutex mu_;
  // Guarded by mu_.
  std::map<std::string, Bucket, std::less<>> buckets_;
  std::deque<Line> recent_;
};

}  // namespace wanwu::logging
