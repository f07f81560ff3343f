#pragma once

#include "inference/open_inference.grpc.pb.h"
#include "server/rpc/streamed_unary.h"

namespace wanwu::oip {

// All methods are raw, as those of rpc::ClassifierService. Each adds to the
// last; the numbers are their places in the proto.
using ServerLiveMethod = rpc::StreamedUnary<
    inference::GRPCInferenceService::WithRawMethod_ModelStreamInfer<
        inference::GRPCInferenceService::Service>,
    0>;
using ServerReadyMethod = rpc::StreamedUnary<ServerLiveMethod, 1>;
using ModelReadyMethod = rpc::StreamedUnary<ServerReadyMethod, 2>;
using ServerMetadataMethod = rpc::StreamedUnary<ModelReadyMethod, 3>;
using ModelMetadataMethod = rpc::StreamedUnary<ServerMetadataMethod, 4>;
using ModelInferMethod = rpc::StreamedUnary<ModelMetadataMethod, 5>;
using ModelConfigMethod = rpc::StreamedUnary<ModelInferMethod, 7>;
using ModelStatisticsMethod = rpc::StreamedUnary<ModelConfigMethod, 8>;
using RepositoryIndexMethod = rpc::StreamedUnary<ModelStatisticsMethod, 9>;
using ModelLoadMethod = rpc::StreamedUnary<RepositoryIndexMethod, 10>;
using ModelUnloadMethod = rpc::StreamedUnary<ModelLoadMethod, 11>;

class InferenceMethods final : public ModelUnloadMethod {
 public:
  static constexpr const char* kName =
      inference::GRPCInferenceService::service_full_name();
  static constexpr bool kTraced = true;
};

}  // namespace wanwu::oip
