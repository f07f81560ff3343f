#include "server/rpc/request_record.h"

#include <new>
#include <string>

#include "server/errors/reasons.h"
#include "server/errors/service_error.h"
#include "server/rpc/request_spans.h"
#include "server/rpc/trace_mark.h"
#include "server/rpc/wall_time.h"

namespace wanwu::rpc {

std::vector<std::string_view> CountedMethods() {
  return {"Classify", "ClassifyBatch", "ModelInfer", "ModelStreamInfer"};
}

std::vector<std::string_view> CountedReasons() {
  std::vector<std::string_view> reasons;
  for (const auto& each : errors::kReasons) reasons.push_back(each.reason);
  return reasons;
}

RequestRecord::RequestRecord(const CallServices& services, const char* method,
                             const char* service)
    : services_(&services), method_(method), service_(service) {
  services.requests.AddReceived(method);
  if (!services.LogsRequests() && services.tracer == nullptr) return;
  came_ = services.clock.Now();
  if (services.LogsRequests()) KeepFacts();
}

void RequestRecord::KeepFacts() noexcept {
  try {
    facts_ = std::make_shared<RequestFacts>();
    facts_->service = service_;
    facts_->came = came_;
  } catch (const std::bad_alloc&) {
  }
}

void RequestRecord::SetCall(const CallAttributes& attributes) noexcept {
  trace_ = services_->tracer == nullptr
               ? tracing::Untraced(attributes.trace)
               : services_->tracer->Begin(attributes.trace);
  if (facts_ == nullptr && trace_.sampled) KeepFacts();
  if (facts_ == nullptr) return;
  facts_->trace = trace_;
  try {
    facts_->call = attributes;
  } catch (const std::bad_alloc&) {
    facts_.reset();
  }
}

void RequestRecord::SetJob(const pipeline::ClassifyJobPtr& job) {
  if (facts_ == nullptr || job == nullptr) return;
  facts_->job = job;
  if (trace_.sampled) job->SetTrace(MarkOf(tracing::NewSpanIn(trace_.self)));
}

void RequestRecord::AddPicture(const pipeline::JobAnswer& answer) {
  const pipeline::JobTimings& timings = answer.timings;
  services_->answers.AddAnswer(timings.total);
  if (answer.cached) return services_->requests.AddTotal(timings.total);
  services_->requests.AddTimes({.decode = timings.decode,
                                .queue = timings.queue,
                                .inference = timings.inference,
                                .total = timings.total});
}

void RequestRecord::Answered() {
  services_->requests.AddAnswered(method_);
  Tell(absl::OkStatus());
}

void RequestRecord::Failed(const absl::Status& status) {
  services_->answers.AddError();
  services_->requests.AddEnded(method_, static_cast<int>(status.code()),
                               errors::Reason(status));
  LogError(status);
  Tell(status);
}

void RequestRecord::LogError(const absl::Status& status) noexcept {
  const bool ours = status.code() == absl::StatusCode::kInternal;
  const bool overload = status.code() == absl::StatusCode::kResourceExhausted;
  const logging::Level level = ours       ? logging::Level::kError
                               : overload ? logging::Level::kWarning
                                          : logging::Level::kDebug;
  const auto fields = [&] {
    logging::Fields list = {{"method", method_},
                            {"code", absl::StatusCodeToString(status.code())},
                            {"reason", errors::Reason(status)},
                            {"message", std::string(status.message())}};
    if (trace_.known()) {
      list.emplace_back("trace_id", tracing::TraceIdText(trace_.self));
    }
    return list;
  };
  try {
    services_->error_log.Log(level, ours ? "request_failed" : "request_refused",
                             fields);
  } catch (const std::bad_alloc&) {
    // The line is lost, the answer is not.
  }
}

void RequestRecord::Tell(const absl::Status& status) noexcept {
  if (facts_ == nullptr) return;
  const batching::Clock::TimePoint now = services_->clock.Now();
  try {
    if (services_->LogsRequests()) {
      services_->access_log->Ended(now - facts_->came, [&] {
        return FieldsOf(*facts_, method_, status, now);
      });
    }
    if (trace_.sampled) {
      services_->tracer->Add(
          SpansOf(*facts_, method_, status, WallTime(services_->clock), now));
    }
  } catch (const std::bad_alloc&) {
    // The rest is not told.
  }
}

}  // namespace wanwu::rpc
