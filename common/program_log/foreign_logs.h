#pragma once

#include "common/logging/logger.h"

namespace wanwu::logging {

// While it lives, what gRPC and protobuf would write to standard error on
// their own goes to `log` as events `library_message`. Their level is debug,
// since callers can bring some of them about at will, and what matters of them
// our own events say; only the last words before an abort are errors. At most
// one at a time; `log` outlives it.
class ForeignLogs {
 public:
  explicit ForeignLogs(logging::Logger& log);
  ~ForeignLogs();
  ForeignLogs(const ForeignLogs&) = delete;
  ForeignLogs& operator=(const ForeignLogs&) = delete;
};

}  // namespace wanwu::logging
