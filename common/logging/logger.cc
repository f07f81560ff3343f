#include "common/logging/logger.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <mutex>
#include <ostream>
#include <string>
#include <utility>

#include "common/logging/line_writer.h"

namespace wanwu::logging {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %* %v";
constexpr char kJsonPattern[] =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*",%v})";

constexpr std::chrono::seconds kLastWordsWait{1};

struct LevelNames {
  spdlog::level::level_enum spdlog_level;
  std::string_view text;
  std::string_view json;
};

constexpr std::array<LevelNames, 4> kLevels = {
    {{spdlog::level::debug, "DEBUG", "debug"},
     {spdlog::level::info, "INFO", "info"},
     {spdlog::level::warn, "WARNING", "warning"},
     {spdlog::level::err, "ERROR", "error"}}};

constexpr const LevelNames& NamesOf(Level level) {
  return kLevels[static_cast<size_t>(level)];
}

class LevelName : public spdlog::custom_flag_formatter {
 public:
  explicit LevelName(Format format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    for (const LevelNames& level : kLevels) {
      if (level.spdlog_level != message.level) continue;
      const std::string_view name =
          format_ == Format::kJson ? level.json : level.text;
      out.append(name.data(), name.data() + name.size());
    }
  }

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<LevelName>(format_);
  }

 private:
  const Format format_;
};

std::unique_ptr<spdlog::formatter> NewFormatter(Format format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc, "\n");
  formatter->add_flag<LevelName>('*', format);
  formatter->set_pattern(format == Format::kJson ? kJsonPattern : kTextPattern);
  return formatter;
}

std::string Render(Format format, std::string_view event,
                   const Fields& fields) {
  return format == Format::kJson ? RenderJsonMembers(event, fields)
                                 : RenderText(event, fields);
}

class WriterSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit WriterSink(std::shared_ptr<LineWriter> writer)
      : writer_(std::move(writer)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    writer_->Write(std::string(line.data(), line.size()));
  }
  void flush_() override {}

 private:
  const std::shared_ptr<LineWriter> writer_;
};

std::shared_ptr<spdlog::logger> NewLines(const Logger::Options& options,
                                         spdlog::sink_ptr sink) {
  auto lines = std::make_shared<spdlog::logger>("", std::move(sink));
  lines->set_formatter(NewFormatter(options.format));
  lines->set_level(NamesOf(options.level).spdlog_level);
  lines->flush_on(spdlog::level::trace);
  return lines;
}

std::shared_ptr<LineWriter> NewStandardErrorWriter(
    const Logger::Options& options) {
  // The writer's thread alone uses this formatter.
  const std::shared_ptr<spdlog::formatter> formatter =
      NewFormatter(options.format);
  const auto notice = [format = options.format, clock = options.clock,
                       formatter](int64_t lost) {
    const std::string text =
        Render(format, "log_lines_lost", {{"count", lost}});
    const spdlog::details::log_msg message(clock(), spdlog::source_loc{}, "",
                                           spdlog::level::warn, text);
    spdlog::memory_buf_t line;
    formatter->format(message, line);
    return std::string(line.data(), line.size());
  };
  return std::make_shared<LineWriter>(
      LineWriter::Options{.descriptor = STDERR_FILENO}, notice);
}

}  // namespace

Logger::Logger(const Options& options)
    : format_(options.format),
      clock_(options.clock),
      writer_(NewStandardErrorWriter(options)),
      lines_(NewLines(options, std::make_shared<WriterSink>(writer_))) {}

Logger::Logger(const Options& options, std::ostream& out)
    : format_(options.format),
      clock_(options.clock),
      lines_(NewLines(options,
                      std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

void Logger::Log(Level level, std::string_view event, const Fields& fields) {
  if (!Enabled(level)) return;
  const std::string line = Render(format_, event, fields);
  lines_->log(clock_(), spdlog::source_loc{}, NamesOf(level).spdlog_level,
              spdlog::string_view_t(line.data(), line.size()));
}

int64_t Logger::lost_lines() const {
  return writer_ == nullptr ? 0 : writer_->lost_lines();
}

void Logger::Flush() {
  if (writer_ != nullptr) writer_->Flush(kLastWordsWait);
}

bool Logger::Enabled(Level level) const {
  return lines_->should_log(NamesOf(level).spdlog_level);
}

void Logger::SetLevel(Level level) {
  lines_->set_level(NamesOf(level).spdlog_level);
}

}  // namespace wanwu::logging
