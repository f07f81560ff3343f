#pragma once

#include "server/rpc/streamed_unary.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {

// The classifying methods are raw, so that pictures stay in gRPC's slices.
// Classify, method 0, is received as a stream, so that it can time out.
using ClassifierService = StreamedUnary<
    wanwu::v1::ImageClassifier::WithRawMethod_ClassifyBatch<
        wanwu::v1::ImageClassifier::WithAsyncMethod_ListModels<
            wanwu::v1::ImageClassifier::WithAsyncMethod_GetModel<
                wanwu::v1::ImageClassifier::WithAsyncMethod_WatchStatus<
                    wanwu::v1::ImageClassifier::Service>>>>,
    0>;

}  // namespace wanwu::rpc
