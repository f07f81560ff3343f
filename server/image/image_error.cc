#include "server/image/image_error.h"

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::image {
namespace {

absl::Status Refuse(std::string_view reason, std::string_view message,
                    errors::Metadata metadata) {
  metadata.emplace(errors::kField, "image");
  return errors::ServiceError(absl::StatusCode::kInvalidArgument, reason,
                              message, metadata);
}

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

absl::Status EmptyImage() {
  return Refuse(errors::kImageEmpty, "the image is empty",
                {{std::string(errors::kValue), "0"}});
}

absl::Status DecodeFailed(std::string_view detail) {
  return Refuse(errors::kImageDecodeFailed,
                absl::StrCat("the image cannot be decoded: ", ToAbsl(detail)),
                {{std::string(errors::kValue), std::string(detail)}});
}

absl::Status Unsupported(std::string_view type, FormatSet supported) {
  return Refuse(errors::kImageUnsupported,
                absl::StrCat("the image is ", ToAbsl(type), "; supported are ",
                             NamesOf(supported)),
                {{std::string(errors::kValue), std::string(type)}});
}

absl::Status TooLarge(const ExceededLimit& exceeded) {
  return Refuse(errors::kImageTooLarge,
                absl::StrCat(exceeded.subject, " ", exceeded.value, " ",
                             exceeded.unit, "; the limit is ", exceeded.limit),
                {{std::string(errors::kValue), absl::StrCat(exceeded.value)},
                 {std::string(errors::kLimit), absl::StrCat(exceeded.limit)}});
}

absl::Status Internal(std::string_view what) {
  return errors::ServiceError(absl::StatusCode::kInternal, errors::kInternal,
                              what);
}

}  // namespace wanwu::image
