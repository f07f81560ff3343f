#include "gateway/api/classify_options.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/api/utf8.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {

absl::Status SetClassifyOption(std::string_view name, std::string_view field,
                               std::string_view value,
                               v1::ClassifyRequest& options) {
  if (value.size() > kMaxOptionBytes) {
    return FieldError(field,
                      absl::StrCat("more than ", kMaxOptionBytes, " bytes"));
  }
  if (!IsUtf8(value)) return FieldError(field, "not UTF-8");
  if (name == "top_k" || name == "topK") {
    std::int32_t number = 0;
    if (!absl::SimpleAtoi(absl::string_view(value.data(), value.size()),
                          &number)) {
      return FieldError(field, "not a whole number");
    }
    options.set_top_k(number);
  } else if (name == "model") {
    options.set_model(std::string(value));
  } else if (name == "model_version" || name == "modelVersion") {
    options.set_model_version(std::string(value));
  } else if (name == "language_code" || name == "languageCode") {
    options.set_language_code(std::string(value));
  } else {
    return absl::NotFoundError("no such option");
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ClassifyRequest> OptionsFromQuery(const RequestHead& head) {
  v1::ClassifyRequest options;
  for (const auto& [name, value] : head.query) {
    const absl::Status status = SetClassifyOption(name, name, value, options);
    if (absl::IsNotFound(status)) {
      return FieldError(name,
                        "unknown query parameter; known are top_k, model, "
                        "model_version, language_code");
    }
    if (!status.ok()) return status;
  }
  return options;
}

}  // namespace wanwu::gateway
