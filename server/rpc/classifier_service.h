#pragma once

#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {

// The classifying methods are raw, so that pictures stay in gRPC's slices.
using ClassifierService = wanwu::v1::ImageClassifier::WithRawMethod_Classify<
    wanwu::v1::ImageClassifier::WithRawMethod_ClassifyBatch<
        wanwu::v1::ImageClassifier::WithAsyncMethod_ListModels<
            wanwu::v1::ImageClassifier::WithAsyncMethod_GetModel<
                wanwu::v1::ImageClassifier::WithAsyncMethod_WatchStatus<
                    wanwu::v1::ImageClassifier::Service>>>>>;

}  // namespace wanwu::rpc
