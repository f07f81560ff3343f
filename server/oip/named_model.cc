#include "server/oip/named_model.h"

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::oip {
namespace {

std::string Join(std::string_view name, std::string_view suffix) {
  return std::string(name) + std::string(suffix);
}

}  // namespace

std::vector<int64_t> DimensionsOf(const InputKind& kind,
                                  const image::TensorSpec& spec) {
  switch (kind.form) {
    case image::PictureForm::kNormalised:
      return {3, spec.height, spec.width};
    case image::PictureForm::kPixels:
    case image::PictureForm::kVarintPixels:
      return {spec.height, spec.width, 3};
    case image::PictureForm::kEncoded:
      break;
  }
  return {1};
}

std::string NamedModel::name() const { return Join(entry.name, kind->suffix); }

absl::StatusOr<NamedModel> FindModel(const pipeline::ModelCatalog& catalog,
                                     const std::string& name,
                                     const std::string& version) {
  if (name.empty()) {
    return errors::FieldInvalid("model_name", "", "the model must be named");
  }
  absl::Status missing;
  for (const InputKind& kind : kInputKinds) {
    if (name.size() <= kind.suffix.size() || !name.ends_with(kind.suffix)) {
      continue;
    }
    const std::string own = name.substr(0, name.size() - kind.suffix.size());
    absl::StatusOr<pipeline::CatalogEntry> entry = catalog.Find(own, version);
    if (entry.ok()) return NamedModel{&kind, *std::move(entry)};
    // A version that there is not is not another model's.
    if (!absl::IsNotFound(entry.status()) || catalog.Find(own, "").ok()) {
      return entry.status();
    }
    if (missing.ok()) missing = entry.status();
  }
  return missing;
}

absl::StatusOr<NamedModel> FindReadyModel(const pipeline::ModelCatalog& catalog,
                                          const std::string& name,
                                          const std::string& version) {
  absl::StatusOr<NamedModel> model = FindModel(catalog, name, version);
  if (!model.ok()) return model.status();
  const auto ready = pipeline::ModelCatalog::Ready(model->entry);
  if (!ready.ok()) return ready.status();
  return model;
}

}  // namespace wanwu::oip
