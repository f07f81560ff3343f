#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "server/pipeline/served_model.h"
#include "tests/support/fake_classifier.h"

namespace wanwu::test_support {

struct FakeModelOptions {
  std::string name = "fake";
  int64_t version = 1;
  int max_batch_size = 1;
  // What the model claims to take per picture, alone or not.
  std::chrono::nanoseconds time_per_picture{};
  FakeClassifierOptions classifier = {};
};

// A served model around a FakeClassifier. Its labels are "class N", "类N" and
// the WordNet id "nN".
struct FakeModel {
  std::shared_ptr<pipeline::ServedModel> served;
  // Lives as long as `served`.
  FakeClassifier* classifier = nullptr;
};

// Not yet in any pipeline.
FakeModel MakeFakeModel(const FakeModelOptions& options = {});

// Also gives it its replicas and its queue.
FakeModel InstallFakeModel(pipeline::ClassifyPipeline& pipeline,
                           const FakeModelOptions& options = {});

// What a catalog says of a model that is ready.
pipeline::CatalogEntry ReadyEntry(const FakeModel& model);

}  // namespace wanwu::test_support
