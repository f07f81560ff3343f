#include "common/program_log/log_options.h"

#include "common/options/value_types.h"

namespace wanwu::logging {

void AddLogOptions(options::OptionTable& table, LogOptions& log) {
  using options::Fraction;
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
  table.Add({.name = "access_log_ratio",
             .unit = "",
             .help = "Part of all requests, failed ones among them, of which a "
                     "line request is written; 0: of none."},
            &log.requests.ratio, Fraction());
  table.Add(
      {.name = "slow_request",
       .unit = "",
       .help = "A request that takes longer gets a line slow_request, "
               "which says where its time went; at most "
               "log_errors_per_second of them; 0: none does."},
      &log.requests.slow,
      options::Duration({std::chrono::seconds(0), std::chrono::hours(1)}));
}

}  // namespace wanwu::logging
