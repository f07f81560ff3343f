#include "server/rpc/request_record.h"

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

RequestRecord::RequestRecord(const CallServices& services, const char* method)
    : services_(&services), method_(method) {
  services.requests.AddReceived(method);
}

void RequestRecord::AddPicture(const pipeline::JobTimings& timings) {
  services_->answers.AddAnswer(timings.total);
  services_->requests.AddTimes({.decode = timings.decode,
                                .queue = timings.queue,
                                .inference = timings.inference,
                                .total = timings.total});
}

void RequestRecord::Answered() { services_->requests.AddAnswered(method_); }

void RequestRecord::Failed(const absl::Status& status) {
  services_->answers.AddError();
  services_->requests.AddEnded(method_, static_cast<int>(status.code()),
                               errors::Reason(status));
  const bool ours = status.code() == absl::StatusCode::kInternal;
  const bool overload = status.code() == absl::StatusCode::kResourceExhausted;
  const logging::Level level = ours       ? logging::Level::kError
                               : overload ? logging::Level::kWarning
                                          : logging::Level::kDebug;
  services_->error_log.Log(level, ours ? "request_failed" : "request_refused",
                           {{"method", method_},
                            {"code", absl::StatusCodeToString(status.code())},
                            {"reason", errors::Reason(status)},
                            {"message", std::string(status.message())}});
}

}  // namespace wanwu::rpc
