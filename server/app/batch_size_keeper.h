#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "common/logging/logger.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"

namespace wanwu::app {

// Keeps the batch size of each served model the best as t(b) moves. The batches
// that run keep t(b) of their sizes current (ServedModel::ObserveBatch); the
// others are measured here, one size of one model at a time. Not thread-safe.
class BatchSizeKeeper {
 public:
  // All must outlive the keeper. `max_batch_size` is the largest to choose.
  BatchSizeKeeper(int max_batch_size, pipeline::ClassifyPipeline& pipeline,
                  const pipeline::ModelCatalog& catalog, logging::Logger& log);

  // Measures the next size and chooses anew. Does nothing if nobody has asked
  // for anything since the last time: an idle server stays idle.
  // Returns soon once `stop` is requested.
  void Tick(const std::stop_token& stop = {});

 private:
  void Measure(pipeline::ServedModel& model, size_t models);
  void Choose(pipeline::ServedModel& model, const std::stop_token& stop);

  const int max_batch_size_;
  pipeline::ClassifyPipeline& pipeline_;
  const pipeline::ModelCatalog& catalog_;
  logging::Logger& log_;
  int64_t requests_before_ = 0;
  // Counts the measurements: which model, and which size of it, is next.
  size_t turn_ = 0;
};

}  // namespace wanwu::app
