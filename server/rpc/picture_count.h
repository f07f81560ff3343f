#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/rpc/call_services.h"

namespace wanwu::rpc {

// Names of methods and reasons, for RequestCounters.
std::vector<std::string_view> CountedMethods();
std::vector<std::string_view> CountedReasons();

// Counts an answered picture's times.
void CountAnswer(const CallServices& services,
                 const pipeline::JobTimings& timings);

// Counts a picture that is answered with `status`, and logs it: one
// rate-limited line per error that is the server's concern, callers' mistakes
// at debug level.
void CountError(const CallServices& services, const char* method,
                const absl::Status& status);

}  // namespace wanwu::rpc
