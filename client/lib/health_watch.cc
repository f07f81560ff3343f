#include "client/lib/health_watch.h"

#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

HealthWatch::HealthWatch(grpc::health::v1::Health::Stub& stub,
                         const std::string& service,
                         std::chrono::system_clock::time_point deadline) {
  context_.set_wait_for_ready(true);
  context_.set_deadline(deadline);
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  reader_ = stub.Watch(&context_, request);
}

HealthWatch::~HealthWatch() { context_.TryCancel(); }

std::optional<HealthState> HealthWatch::Next() {
  grpc::health::v1::HealthCheckResponse response;
  if (!reader_->Read(&response)) return std::nullopt;
  return response.status();
}

absl::Status HealthWatch::Finish() { return StatusFrom(reader_->Finish()); }

}  // namespace wanwu::client
