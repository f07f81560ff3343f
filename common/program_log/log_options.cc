#include "common/program_log/log_options.h"

#include "common/options/value_types.h"

namespace wanwu::logging {

void AddLogOptions(options::OptionTable& table, LogOptions& log) {
  using options::OneOf;
  using options::WholeNumber;
  table.Group("Log");
  table.Add({.name = "log_format",
             .unit = "",
             .help = "Form of the lines on standard error."},
            &log.format,
            OneOf<Format>({{"text", Format::kText}, {"json", Format::kJson}}));
  table.Add({.name = "log_level",
             .unit = "",
             .help = "Lowest level that is written."},
            &log.level,
            OneOf<Level>({{"debug", Level::kDebug},
                          {"info", Level::kInfo},
                          {"warning", Level::kWarning},
                          {"error", Level::kError}}));
  table.Add({.name = "log_errors_per_second",
             .unit = "lines",
             .help = "Request errors of one kind written per second; the next "
                     "line says how many were left out."},
            &log.errors_per_second, WholeNumber<int>({1, 10'000}));
}

}  // namespace wanwu::logging
