#include "gateway/oip/named_model.h"

#include "gateway/api/utf8.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

absl::StatusOr<NamedModel> ReadModel(const PathParameters& parameters) {
  NamedModel model;
  if (!parameters.empty()) model.name = parameters[0];
  if (parameters.size() > 1) model.version = parameters[1];
  if (!IsUtf8(model.name)) return FieldError("model", "not UTF-8");
  if (!IsUtf8(model.version)) return FieldError("version", "not UTF-8");
  return model;
}

}  // namespace wanwu::gateway
