#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string_view>

#include "common/logging/field.h"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace wanwu::logging {

enum class Level { kDebug, kInfo, kWarning, kError };

enum class Format {
  kText,  // 2026-11-23T10:00:00.123Z INFO server_started lanes=2
  kJson,  // one object per line: time, level, event, then the fields
};

class LineWriter;

// Writes one line per event: a snake_case name and fields, never prose and
// never a picture's bytes. Thread-safe; a line is written whole.
class Logger {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  struct Options {
    Format format = Format::kText;
    Level level = Level::kInfo;  // the lowest that is written
    Clock clock = [] { return std::chrono::system_clock::now(); };
  };

  // Writes to standard error, and never waits for who reads it: what finds no
  // room is lost, and a line `log_lines_lost` says how much. The end of the
  // logger waits a second for what is still to be written. The process must
  // ignore SIGPIPE.
  explicit Logger(const Options& options);
  // `out` must outlive the logger and be used by nobody else meanwhile.
  Logger(const Options& options, std::ostream& out);

  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  void Log(Level level, std::string_view event, const Fields& fields = {});

  void Debug(std::string_view event, const Fields& fields = {}) {
    Log(Level::kDebug, event, fields);
  }
  void Info(std::string_view event, const Fields& fields = {}) {
    Log(Level::kInfo, event, fields);
  }
  void Warning(std::string_view event, const Fields& fields = {}) {
    Log(Level::kWarning, event, fields);
  }
  void Error(std::string_view event, const Fields& fields = {}) {
    Log(Level::kError, event, fields);
  }

  bool Enabled(Level level) const;
  void SetLevel(Level level);

  // That found no room on standard error, since the start.
  int64_t lost_lines() const;

  // For last words: waits, if only a moment, until they are written.
  void Flush();

 private:
  const Format format_;
  const Clock clock_;
  const std::shared_ptr<LineWriter> writer_;     // null: a stream is written
  const std::shared_ptr<spdlog::logger> lines_;  // locks itself
};

}  // namespace wanwu::logging
