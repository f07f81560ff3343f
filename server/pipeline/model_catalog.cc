#include "server/pipeline/model_catalog.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/errors/service_error.h"
#include "server/errors/shown.h"

namespace wanwu::pipeline {
namespace {

using errors::Shown;

absl::Status NotFound(std::string_view name, std::string_view version) {
  std::string resource = Shown(name);
  if (!version.empty()) {
    absl::StrAppend(&resource, " version ", Shown(version));
  }
  return errors::ServiceError(absl::StatusCode::kNotFound,
                              errors::kModelNotFound,
                              absl::StrCat("there is no model ", resource),
                              {{std::string(errors::kField), "model"},
                               {std::string(errors::kValue), resource}});
}

absl::Status BadVersion(std::string_view version, std::string_view field) {
  const std::string shown = Shown(version);
  return errors::FieldInvalid(
      field, shown,
      absl::StrCat(std::string(field),
                   " must be a positive number or empty, not '", shown, "'"));
}

absl::Status NotReady(const CatalogEntry& entry) {
  const bool loading = entry.state == ModelState::kLoading;
  return errors::ServiceError(
      absl::StatusCode::kUnavailable, errors::kModelNotReady,
      absl::StrCat("model ", entry.name, " version ", entry.version,
                   loading ? " is still loading" : " could not be loaded"),
      {{std::string(errors::kRetryDelayMs), loading ? "1000" : "60000"}});
}

}  // namespace

std::string ModelCatalog::default_model() const {
  const std::lock_guard lock(mutex_);
  return default_model_;
}

void ModelCatalog::SetDefaultModel(std::string_view name) {
  const std::lock_guard lock(mutex_);
  default_model_ = name;
}

void ModelCatalog::Put(CatalogEntry entry) {
  const std::lock_guard lock(mutex_);
  Versions& versions = models_[entry.name];
  versions.insert_or_assign(entry.version, std::move(entry));
}

void ModelCatalog::Remove(std::string_view name, int64_t version) {
  const std::lock_guard lock(mutex_);
  const auto found = models_.find(name);
  if (found == models_.end()) return;
  found->second.erase(version);
  if (found->second.empty()) models_.erase(found);
}

absl::StatusOr<CatalogEntry> ModelCatalog::Find(
    std::string_view name, std::string_view version,
    std::string_view version_field) const {
  const std::lock_guard lock(mutex_);
  if (name.empty()) name = default_model_;
  const auto found = models_.find(name);
  if (found == models_.end()) return NotFound(name, version);
  const Versions& versions = found->second;
  if (version.empty()) {
    const auto ready =
        std::find_if(versions.begin(), versions.end(), [](const auto& item) {
          return item.second.state == ModelState::kReady;
        });
    return ready == versions.end() ? versions.begin()->second : ready->second;
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(absl::string_view(version.data(), version.size()),
                        &number) ||
      number <= 0 || version != std::to_string(number)) {
    return BadVersion(version, version_field);
  }
  const auto entry = versions.find(number);
  if (entry == versions.end()) return NotFound(name, version);
  return entry->second;
}

absl::StatusOr<std::shared_ptr<ServedModel>> ModelCatalog::FindReady(
    std::string_view name, std::string_view version) const {
  absl::StatusOr<CatalogEntry> entry = Find(name, version);
  if (!entry.ok()) return entry.status();
  return Ready(*entry);
}

absl::StatusOr<std::shared_ptr<ServedModel>> ModelCatalog::Ready(
    const CatalogEntry& entry) {
  if (entry.state != ModelState::kReady) return NotReady(entry);
  return entry.model;
}

std::vector<CatalogEntry> ModelCatalog::List() const {
  const std::lock_guard lock(mutex_);
  std::vector<CatalogEntry> entries;
  for (const auto& [name, versions] : models_) {
    for (const auto& [version, entry] : versions) entries.push_back(entry);
  }
  return entries;
}

}  // namespace wanwu::pipeline
