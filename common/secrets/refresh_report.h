#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/logging/logger.h"

namespace wanwu::secrets {

// The log's line about a file that was, or was not, read again.
void ReportRefresh(const std::string& path, const absl::Status& taken,
                   logging::Logger& log);

}  // namespace wanwu::secrets
