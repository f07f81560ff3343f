#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/image/raw_picture.h"
#include "server/pipeline/model_catalog.h"

namespace wanwu::oip {

// What one name of a model takes. Clients expect one type of input per name, so
// that each model has a name per kind.
struct InputKind {
  // After the model's own name.
  std::string_view suffix;
  // The input's name.
  std::string_view tensor;
  std::string_view datatype;
  image::PictureForm form;
};

inline constexpr InputKind kInputKinds[] = {
    {"", "image", "BYTES", image::PictureForm::kEncoded},
    {"_pixels", "pixels", "UINT8", image::PictureForm::kPixels},
    {"_tensor", "tensor", "FP32", image::PictureForm::kNormalised},
};

// Of one picture.
std::vector<int64_t> DimensionsOf(const InputKind& kind,
                                  const image::TensorSpec& spec);

struct NamedModel {
  const InputKind* kind = nullptr;
  pipeline::CatalogEntry entry;

  std::string name() const;
};

// A model whose own name it is goes before another's with a suffix. Errors as
// ModelCatalog::Find; INVALID_ARGUMENT for no name.
absl::StatusOr<NamedModel> FindModel(const pipeline::ModelCatalog& catalog,
                                     const std::string& name,
                                     const std::string& version);

// The same, and UNAVAILABLE (MODEL_NOT_READY) while it cannot answer: its
// entry has a model.
absl::StatusOr<NamedModel> FindReadyModel(const pipeline::ModelCatalog& catalog,
                                          const std::string& name,
                                          const std::string& version);

}  // namespace wanwu::oip
