#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/logging/logger.h"
#include "server/app/picture_timing.h"
#include "server/model/batch_time_store.h"
#include "server/model/batch_timing.h"
#include "server/model/classifier.h"
#include "server/model/cpu.h"
#include "server/model/model_repository.h"
#include "server/model/package.h"
#include "server/model/precision_choice.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"

namespace wanwu::app {

// Makes a classifier of a package: libtorch's, or a test's. `algorithms`: what
// an earlier one told of itself, or nothing.
using LoadClassifier =
    std::function<absl::StatusOr<std::unique_ptr<model::Classifier>>(
        const model::Package&, model::Precision,
        const std::vector<std::string>& algorithms)>;

// How long a picture takes, on the thread that asks; see TimeOnePicture.
using TimePicture =
    std::function<absl::StatusOr<std::chrono::nanoseconds>(model::Classifier&)>;

struct ModelLoaderOptions {
  model::PrecisionRequest precision = model::PrecisionRequest::kAuto;
  // Of a lane. With `build`, part of the key under which measured t(b) is kept.
  int intra_op_threads = 1;
  // The largest batch that may be chosen; 1 turns batching off.
  int max_batch_size = 8;
  std::string build;
  model::Cpu cpu = model::DetectCpu();
  LoadClassifier load_classifier;
  TimePicture time_picture = TimeOnePicture;
};

// Brings models from the repository into service: reads the package, tries
// which of the precisions that --precision=auto may take is fastest, makes a
// replica on every lane, warms up every batch size in use there, measures t(b)
// unless it is known, chooses the batch size, and installs the model. What it
// does on the lanes takes one batch at a time, so that the models in service
// go on. Not thread-safe.
class ModelLoader {
 public:
  // All must outlive the loader.
  ModelLoader(ModelLoaderOptions options, pipeline::ClassifyPipeline& pipeline,
              pipeline::ModelCatalog& catalog, model::BatchTimeStore& store,
              logging::Logger& log);

  // A package whose weights are in memory but not yet on the lanes.
  struct Loaded {
    std::shared_ptr<pipeline::ServedModel> model;
    std::chrono::milliseconds load_time{};
  };

  // Thread-safe, so that one package can be read while another is warmed up.
  absl::StatusOr<Loaded> Load(const model::PackageLocation& location) const;

  // Puts a loaded model, or why it could not be, into service and catalog. What
  // answers there under its name and version does so until it is replaced, and
  // if it cannot be. CANCELLED, and nothing put or logged, once the pipeline
  // drains.
  absl::Status PutIntoService(const model::PackageLocation& location,
                              absl::StatusOr<Loaded> loaded);

  // Puts what is known by now of the served models' t(b) into the store, for
  // the next start to begin with.
  void KeepBatchTimes();

 private:
  struct Chosen {
    model::PrecisionChoice precision;
    std::unique_ptr<model::Classifier> classifier;
  };

  model::BatchTimeKey MakeKey(const model::Manifest& manifest,
                              model::Precision precision) const;
  absl::StatusOr<std::unique_ptr<model::Classifier>> LoadClassifierOf(
      const model::Package& package, model::Precision precision) const;
  absl::StatusOr<Chosen> Choose(const model::Package& package) const;
  absl::StatusOr<Chosen> ChooseFastest(const model::Package& package) const;
  absl::Status Install(Loaded& loaded);
  void KeepMeasured(const pipeline::ServedModel& served,
                    std::vector<model::BatchTime> times);
  absl::Status PlanBatches(pipeline::ServedModel& served);
  std::vector<model::BatchTime> KnownTimes(const pipeline::ServedModel& served);
  absl::StatusOr<std::vector<model::BatchTime>> WarmUp(
      pipeline::ServedModel& served, int largest);
  absl::StatusOr<std::vector<model::BatchTime>> Measure(
      pipeline::ServedModel& served);
  void LogReady(const Loaded& loaded, std::chrono::milliseconds warm_up_time);

  const ModelLoaderOptions options_;
  pipeline::ClassifyPipeline& pipeline_;
  pipeline::ModelCatalog& catalog_;
  model::BatchTimeStore& store_;
  logging::Logger& log_;
};

}  // namespace wanwu::app
