#include "server/rpc/request_record.h"

#include <new>
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
  if (!services.LogsRequests()) return;
  facts_ = std::make_shared<RequestFacts>();
  facts_->came = services.clock.Now();
}

void RequestRecord::SetCall(const CallAttributes& attributes) {
  if (facts_ != nullptr) facts_->call = attributes;
}

void RequestRecord::SetJob(const pipeline::ClassifyJobPtr& job) {
  if (facts_ != nullptr) facts_->job = job;
}

void RequestRecord::AddPicture(const pipeline::JobTimings& timings) {
  services_->answers.AddAnswer(timings.total);
  services_->requests.AddTimes({.decode = timings.decode,
                                .queue = timings.queue,
                                .inference = timings.inference,
                                .total = timings.total});
}

void RequestRecord::Answered() {
  services_->requests.AddAnswered(method_);
  Log(absl::OkStatus());
}

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
  Log(status);
}

void RequestRecord::Log(const absl::Status& status) noexcept {
  if (facts_ == nullptr) return;
  const batching::Clock::TimePoint now = services_->clock.Now();
  try {
    services_->access_log->Ended(now - facts_->came, [&] {
      return FieldsOf(*facts_, method_, status, now);
    });
  } catch (const std::bad_alloc&) {
    // The line is lost, the answer is not.
  }
}

}  // namespace wanwu::rpc
