#include "common/logging/logger.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <ostream>
#include <string>
#include <utility>

namespace wanwu::logging {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %* %v";
constexpr char kJsonPattern[] =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%*",%v})";

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

std::shared_ptr<spdlog::logger> NewLines(const Logger::Options& options,
                                         spdlog::sink_ptr sink) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc, "\n");
  formatter->add_flag<LevelName>('*', options.format);
  formatter->set_pattern(options.format == Format::kJson ? kJsonPattern
                                                         : kTextPattern);
  auto lines = std::make_shared<spdlog::logger>("", std::move(sink));
  lines->set_formatter(std::move(formatter));
  lines->set_level(NamesOf(options.level).spdlog_level);
  lines->flush_on(spdlog::level::trace);
  return lines;
}

}  // namespace

Logger::Logger(const Options& options)
    : format_(options.format),
      clock_(options.clock),
      lines_(NewLines(options,
                      std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

Logger::Logger(const Options& options, std::ostream& out)
    : format_(options.format),
      clock_(options.clock),
      lines_(NewLines(options,
                      std::make_shared<spdlog::sinks::ostream_sink_mt>(out))) {}

void Logger::Log(Level level, std::string_view event, const Fields& fields) {
  if (!Enabled(level)) return;
  const std::string line = format_ == Format::kJson
                               ? RenderJsonMembers(event, fields)
                               : RenderText(event, fields);
  lines_->log(clock_(), spdlog::source_loc{}, NamesOf(level).spdlog_level,
              spdlog::string_view_t(line.data(), line.size()));
}

bool Logger::Enabled(Level level) const {
  return lines_->should_log(NamesOf(level).spdlog_level);
}

void Logger::SetLevel(Level level) {
  lines_->set_level(NamesOf(level).spdlog_level);
}

}  // namespace wanwu::logging
