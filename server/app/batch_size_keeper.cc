#include "server/app/batch_size_keeper.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "server/app/lane_work.h"
#include "server/model/batch_timing.h"

namespace wanwu::app {
namespace {

// A larger batch must be this much better than the present one to replace it,
// so that noise does not.
constexpr double kWorthwhileGrowth = 1.05;

}  // namespace

BatchSizeKeeper::BatchSizeKeeper(int max_batch_size,
                                 pipeline::ClassifyPipeline& pipeline,
                                 const pipeline::ModelCatalog& catalog,
                                 logging::Logger& log)
    : max_batch_size_(max_batch_size),
      pipeline_(pipeline),
      catalog_(catalog),
      log_(log) {}

void BatchSizeKeeper::Tick(const std::stop_token& stop) {
  const int64_t requests = pipeline_.admission().requests();
  if (requests == requests_before_) return;
  requests_before_ = requests;
  std::vector<std::shared_ptr<pipeline::ServedModel>> models;
  for (const pipeline::CatalogEntry& entry : catalog_.List()) {
    if (entry.model != nullptr) models.push_back(entry.model);
  }
  if (models.empty()) return;
  Measure(*models[turn_ % models.size()], models.size());
  for (const auto& model : models) Choose(*model, stop);
}

void BatchSizeKeeper::Measure(pipeline::ServedModel& model, size_t models) {
  const int size =
      1 + static_cast<int>(turn_++ / models) % std::max(max_batch_size_, 1);
  const auto time = TimeGreyBatch(model, size, pipeline_);
  if (time.ok()) model.ObserveBatch(size, time->cpu_time, time->elapsed);
}

void BatchSizeKeeper::Choose(pipeline::ServedModel& model,
                             const std::stop_token& stop) {
  const std::vector<model::BatchTime> times = model.batch_times();
  const int present = model.batch_size();
  const int chosen = model::ChooseBatchSize(times, max_batch_size_);
  if (chosen == present) return;
  if (chosen > present) {
    if (model::RateRatio(times, chosen, present) < kWorthwhileGrowth) return;
    // So that no request pays for the first run of a size.
    for (int size = present + 1; size <= chosen; ++size) {
      if (stop.stop_requested() ||
          !TimeGreyBatch(model, size, pipeline_).ok()) {
        return;
      }
    }
  }
  pipeline_.SetBatchSize(model, chosen);
  log_.Info("batch_size_changed", {{"model", model.package().manifest.name},
                                   {"from", present},
                                   {"to", chosen}});
}

}  // namespace wanwu::app
