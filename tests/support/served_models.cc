#include "tests/support/served_models.h"

#include <stdexcept>
#include <utility>
#include <vector>

namespace wanwu::test_support {
namespace {

model::ClassLabels MakeLabels(int count) {
  std::string tsv = "index\twordnet_id\tlabel_en\tlabel_zh\n";
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    tsv +=
        number + "\tn" + number + "\tclass " + number + "\t类" + number + "\n";
  }
  return model::ClassLabels::Parse(tsv, count, "labels of a fake").value();
}

model::Manifest MakeManifest(const FakeModelOptions& options) {
  model::Manifest manifest;
  manifest.name = options.name;
  manifest.version = options.version;
  manifest.architecture = "fake";
  manifest.source.weights = "none";
  manifest.source.licence = "Apache-2.0";
  manifest.labels_count = options.classifier.class_count;
  return manifest;
}

std::vector<model::BatchTime> MakeBatchTimes(const FakeModelOptions& options) {
  std::vector<model::BatchTime> times;
  for (int size = 1; size <= options.max_batch_size; ++size) {
    times.push_back({size, options.time_per_picture * size});
  }
  return times;
}

void Check(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(std::string(status.message()));
}

}  // namespace

FakeModel MakeFakeModel(const FakeModelOptions& options) {
  auto classifier = std::make_unique<FakeClassifier>(options.classifier);
  FakeModel model;
  model.classifier = classifier.get();
  model.served = std::make_shared<pipeline::ServedModel>(
      model::Package{.directory = {},
                     .manifest = MakeManifest(options),
                     .labels = MakeLabels(options.classifier.class_count)},
      model::PrecisionChoice{model::Precision::kFp32, "it is a fake"},
      std::move(classifier));
  model.served->SetBatchPlan(MakeBatchTimes(options), options.max_batch_size);
  return model;
}

FakeModel InstallFakeModel(pipeline::ClassifyPipeline& pipeline,
                           const FakeModelOptions& options) {
  FakeModel model = MakeFakeModel(options);
  model.served->SetLaneCount(pipeline.lane_count());
  const bool ran = pipeline.RunOnEveryLane(
      [&](int lane) { Check(model.served->MakeReplica(lane)); });
  if (!ran) throw std::runtime_error("the lanes have ended");
  auto installed = pipeline.Install(std::move(model.served));
  Check(installed.status());
  model.served = *std::move(installed);
  return model;
}

pipeline::CatalogEntry ReadyEntry(const FakeModel& model) {
  const model::Manifest& manifest = model.served->package().manifest;
  return {.name = manifest.name,
          .version = manifest.version,
          .state = pipeline::ModelState::kReady,
          .message = "",
          .model = model.served};
}

}  // namespace wanwu::test_support
