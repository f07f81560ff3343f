#pragma once

#include "server/rpc/streamed_unary.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {

// The classifying methods are raw, so that pictures stay in gRPC's slices. Each
// unary method adds to the last; the numbers are their places in the proto.
using ClassifyMethod =
    StreamedUnary<wanwu::v1::ImageClassifier::WithRawMethod_ClassifyBatch<
                      wanwu::v1::ImageClassifier::WithAsyncMethod_WatchStatus<
                          wanwu::v1::ImageClassifier::Service>>,
                  0>;
using ListModelsMethod =
    StreamedUnary<ClassifyMethod, 2, wanwu::v1::ListModelsRequest,
                  wanwu::v1::ListModelsResponse>;
using GetModelMethod =
    StreamedUnary<ListModelsMethod, 3, wanwu::v1::GetModelRequest,
                  wanwu::v1::Model>;
using ClassifierService = GetModelMethod;

}  // namespace wanwu::rpc
