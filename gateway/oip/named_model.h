#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// What the path of a request names.
struct NamedModel {
  // Empty: none.
  std::string name = {};
  // Empty: the newest that is ready.
  std::string version = {};
};

// From {model} and, where they are in the path, {version}. INVALID_ARGUMENT if
// they are not UTF-8, as gRPC's texts are.
absl::StatusOr<NamedModel> ReadModel(const PathParameters& parameters);

}  // namespace wanwu::gateway
