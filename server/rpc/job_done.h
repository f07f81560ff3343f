#pragma once

#include <grpcpp/grpcpp.h>

#include "server/pipeline/classify_job.h"
#include "server/rpc/poller_hop.h"

namespace wanwu::rpc {

// Brings the end of a job back to the call's poller, where `tag` gets the
// event.
class JobDone final : public pipeline::JobListener {
 public:
  JobDone(grpc::CompletionQueue& queue, CompletionTag& tag)
      : hop_(queue, tag) {}

  void OnJobDone() noexcept override { hop_.Post(); }

 private:
  PollerHop hop_;
};

}  // namespace wanwu::rpc
