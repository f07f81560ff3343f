#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http/request_head.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::gateway {

// The options of a request, top_k, model, model_version and language_code, kept
// in a ClassifyRequest without a picture. Their limits are the server's.

// Whichever way it comes.
inline constexpr std::size_t kMaxOptionBytes = 1024;

// Sets the option `name`, called `field` in errors; other names are none of
// ours: kNotFound.
absl::Status SetClassifyOption(std::string_view name, std::string_view field,
                               std::string_view value,
                               v1::ClassifyRequest& options);

// Those of the query. Unknown parameters are refused, since a misspelt one
// would silently change the answer.
absl::StatusOr<v1::ClassifyRequest> OptionsFromQuery(const RequestHead& head);

}  // namespace wanwu::gateway
