#include "client/lib/status_watch.h"

#include "client/lib/status_from_rpc.h"

namespace wanwu::client {

StatusWatch::StatusWatch(v1::ImageClassifier::Stub& stub,
                         std::chrono::milliseconds interval) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(interval);
  v1::WatchStatusRequest request;
  request.mutable_interval()->set_seconds(seconds.count());
  request.mutable_interval()->set_nanos(
      static_cast<int>(std::chrono::nanoseconds(interval - seconds).count()));
  reader_ = stub.WatchStatus(&context_, request);
}

StatusWatch::~StatusWatch() { context_.TryCancel(); }

std::optional<v1::ServerStatus> StatusWatch::Next() {
  v1::ServerStatus status;
  if (!reader_->Read(&status)) return std::nullopt;
  return status;
}

absl::Status StatusWatch::Finish() { return StatusFrom(reader_->Finish()); }

}  // namespace wanwu::client
