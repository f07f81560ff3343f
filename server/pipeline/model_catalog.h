#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

enum class ModelState { kLoading, kReady, kFailed };

// One version of one model, whether it answers or not.
struct CatalogEntry {
  std::string name;
  int64_t version = 0;
  ModelState state = ModelState::kLoading;
  // Why it failed; of one that is ready, why its package was not loaded anew.
  std::string message = {};
  // Null unless ready.
  std::shared_ptr<ServedModel> model = nullptr;
};

// Which models there are and which of them answer. Thread-safe.
class ModelCatalog {
 public:
  // `default_model` is what an empty name means.
  explicit ModelCatalog(std::string default_model)
      : default_model_(std::move(default_model)) {}

  std::string default_model() const;
  void SetDefaultModel(std::string_view name);

  // Replaces what was known of that name and version.
  void Put(CatalogEntry entry);

  // From now on nobody finds it.
  void Remove(std::string_view name, int64_t version);

  // Empty `name`: the default model. Empty `version`: the newest that is
  // ready, else the newest. Errors: NOT_FOUND (MODEL_NOT_FOUND),
  // INVALID_ARGUMENT (FIELD_INVALID: a version that is no positive number, or
  // not in its shortest form). `version_field` is what the error calls it.
  absl::StatusOr<CatalogEntry> Find(
      std::string_view name, std::string_view version,
      std::string_view version_field = "model_version") const;

  // As Find, but also UNAVAILABLE (MODEL_NOT_READY) while it cannot answer.
  absl::StatusOr<std::shared_ptr<ServedModel>> FindReady(
      std::string_view name, std::string_view version) const;

  // The model of what Find gave; the same error.
  static absl::StatusOr<std::shared_ptr<ServedModel>> Ready(
      const CatalogEntry& entry);

  // By name, then newest version first.
  std::vector<CatalogEntry> List() const;

 private:
  using Versions = std::map<int64_t, CatalogEntry, std::greater<>>;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::string default_model_;
  // None without versions.
  std::map<std::string, Versions, std::less<>> models_;
};

}  // namespace wanwu::pipeline
