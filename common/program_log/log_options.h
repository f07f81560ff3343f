#pragma once

#include "common/logging/access_log.h"
#include "common/logging/logger.h"
#include "common/options/option_table.h"

namespace wanwu::logging {

// How a program writes its log, as its user sets it.
struct LogOptions {
  Format format = Format::kText;
  Level level = Level::kInfo;
  int errors_per_second = 5;
  AccessLog::Options requests;
};

// log_format, log_level, log_errors_per_second, access_log_ratio and
// slow_request, bound to `options`.
void AddLogOptions(options::OptionTable& table, LogOptions& options);

}  // namespace wanwu::logging
