#include "server/rpc/picture_count.h"

#include <string>

#include "server/errors/reasons.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {

std::vector<std::string_view> CountedMethods() {
  return {"Classify", "ClassifyBatch"};
}

std::vector<std::string_view> CountedReasons() {
  std::vector<std::string_view> reasons;
  for (const auto& each : errors::kReasons) reasons.push_back(each.reason);
  return reasons;
}

void CountAnswer(const CallServices& services,
                 const pipeline::JobTimings& timings) {
  services.answers.AddAnswer(timings.total);
  services.requests.AddTimes({.decode = timings.decode,
                              .queue = timings.queue,
                              .inference = timings.inference,
                              .total = timings.total});
}

void CountError(const CallServices& services, const char* method,
                const absl::Status& status) {
  services.answers.AddError();
  services.requests.AddEnded(method, static_cast<int>(status.code()),
                             errors::Reason(status));
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
