#pragma once

#include "server/rpc/streamed_unary.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {

// All methods are raw: pictures stay in gRPC's slices, and we decide what is
// parsed. Each adds to the last; the numbers are their places in the proto.
using ClassifyMethod =
    StreamedUnary<wanwu::v1::ImageClassifier::WithRawMethod_ClassifyBatch<
                      wanwu::v1::ImageClassifier::Service>,
                  0>;
using ListModelsMethod = StreamedUnary<ClassifyMethod, 2>;
using GetModelMethod = StreamedUnary<ListModelsMethod, 3>;
using WatchStatusMethod = StreamedUnary<GetModelMethod, 4>;

class ClassifierService final : public WatchStatusMethod {
 public:
  static constexpr const char* kName =
      wanwu::v1::ImageClassifier::service_full_name();
  static constexpr bool kTraced = true;
};

}  // namespace wanwu::rpc
