#pragma once

#include <grpcpp/grpcpp.h>

#include "batching/clock.h"
#include "common/logging/rate_limited_log.h"
#include "server/metrics/answer_counters.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/live_calls.h"
#include "server/rpc/server_run.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {

// The classifying methods are raw, so that pictures stay in gRPC's slices.
using ClassifierService = wanwu::v1::ImageClassifier::WithRawMethod_Classify<
    wanwu::v1::ImageClassifier::WithRawMethod_ClassifyBatch<
        wanwu::v1::ImageClassifier::WithAsyncMethod_ListModels<
            wanwu::v1::ImageClassifier::WithAsyncMethod_GetModel<
                wanwu::v1::ImageClassifier::WithAsyncMethod_WatchStatus<
                    wanwu::v1::ImageClassifier::Service>>>>>;

// What the calls of wanwu.v1.ImageClassifier work with. Everything outlives
// the calls and is thread-safe.
struct CallServices {
  ClassifierService& service;
  pipeline::ClassifyPipeline& pipeline;
  const pipeline::ModelCatalog& catalog;
  const batching::Clock& clock;
  logging::RateLimitedLog& error_log;
  metrics::AnswerCounters& answers;
  const ServerRun& run;
  LiveCalls& live_calls;
  // Notified once when draining begins: streams stop reading, watches end.
  Broadcast& draining;
  // Pictures of one ClassifyBatch stream that are unanswered at a time.
  int max_stream_in_flight = 64;
};

}  // namespace wanwu::rpc
