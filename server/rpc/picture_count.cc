#include "server/rpc/picture_count.h"

#include <string>

#include "server/errors/service_error.h"

namespace wanwu::rpc {

void CountError(const CallServices& services, const char* method,
                const absl::Status& status) {
  services.answers.AddError();
  const bool ours = status.code() == absl::StatusCode::kInternal;
  const bool overload = status.code() == absl::StatusCode::kResourceExhausted;
  const logging::Level level = ours       ? logging::Level::kError
                               : overload ? logging::Level::kWarning
                                          : logging::Level::kDebug;
  services.error_log.Log(level, ours ? "request_failed" : "request_refused",
                         {{"method", method},
                          {"code", absl::StatusCodeToString(status.code())},
                          {"reason", errors::Reason(status)},
                          {"message", std::string(status.message())}});
}

}  // namespace wanwu::rpc
