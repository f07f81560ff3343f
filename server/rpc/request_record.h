#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/tracing/tracer.h"
#include "server/pipeline/classify_job.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/classifier_service.h"
#include "server/rpc/request_facts.h"

namespace wanwu::rpc {

// Names of methods and reasons, for RequestCounters.
std::vector<std::string_view> CountedMethods();
std::vector<std::string_view> CountedReasons();

// One request of a method that takes pictures, a message of a stream being
// one, from when it comes to how it ends: the place where counters, logs and
// traces are told of it. On the call's poller.
class RequestRecord {
 public:
  // Counts it as received. `services` and `method`, which is one of
  // CountedMethods(), outlive the record. Copies are one record.
  RequestRecord(const CallServices& services, const char* method,
                const char* service = ClassifierService::kName);

  // What becomes known of it on its way.
  void SetCall(const CallAttributes& attributes) noexcept;
  // Before it is submitted; null if there is none.
  void SetJob(const pipeline::ClassifyJobPtr& job);

  // One of its pictures has an answer.
  void AddPicture(const pipeline::JobAnswer& answer);

  // Exactly one of the two, last. Of errors that are the server's concern a
  // rate-limited line is logged, of callers' mistakes at debug level.
  void Answered();
  void Failed(const absl::Status& status);

 private:
  // What finds no memory is not told of; the request is answered.
  void KeepFacts() noexcept;
  void LogError(const absl::Status& status) noexcept;
  void Tell(const absl::Status& status) noexcept;

  const CallServices* services_;
  const char* method_;
  const char* service_;
  batching::Clock::TimePoint came_;
  tracing::RequestTrace trace_;
  // Null if neither a log nor a trace needs them.
  std::shared_ptr<RequestFacts> facts_;
};

}  // namespace wanwu::rpc
