#include "server/app/readiness.h"

#include <algorithm>

namespace wanwu::app {
namespace {

bool HasModel(const pipeline::ModelCatalog& catalog) {
  const auto entries = catalog.List();
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return entry.model != nullptr; });
}

}  // namespace

void Readiness::Begin() {
  const std::lock_guard lock(mutex_);
  begun_ = true;
  Tell();
}

void Readiness::End() {
  const std::lock_guard lock(mutex_);
  begun_ = false;
  Tell();
}

void Readiness::Update() {
  const std::lock_guard lock(mutex_);
  Tell();
}

void Readiness::Tell() {
  const bool serving = begun_ && HasModel(catalog_);
  for (const std::string& key : keys_) {
    health_.Set(key, serving ? rpc::Serving::kYes : rpc::Serving::kNo);
  }
  if (begun_ && !serving && !warned_) {
    log_.Warning("no_model_to_serve",
                 {{"advice", "not ready until a model is loaded"}});
  }
  warned_ = begun_ && !serving;
}

}  // namespace wanwu::app
