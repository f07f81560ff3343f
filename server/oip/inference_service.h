#pragma once

#include <grpcpp/grpcpp.h>

#include "server/oip/inference_methods.h"
#include "server/rpc/added_service.h"

namespace wanwu::oip {

// The Open Inference Protocol, version 2, with what fits of Triton's
// extensions: docs/oip.md.
class InferenceService final : public rpc::AddedService {
 public:
  grpc::Service& service() override { return methods_; }
  void Post(rpc::CallServices& services,
            grpc::ServerCompletionQueue& queue) override;

 private:
  InferenceMethods methods_;
};

}  // namespace wanwu::oip
