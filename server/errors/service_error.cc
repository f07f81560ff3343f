#include "server/errors/service_error.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace wanwu::errors {
namespace {

constexpr absl::string_view kReasonUrl = "wanwu/reason";
constexpr absl::string_view kMetadataPrefix = "wanwu/metadata/";

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

absl::Status ServiceError(absl::StatusCode code, std::string_view reason,
                          std::string_view message, const Metadata& metadata) {
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(kReasonUrl, absl::Cord(ToAbsl(reason)));
  for (const auto& [key, value] : metadata) {
    status = WithMetadata(std::move(status), key, value);
  }
  return status;
}

absl::Status FieldInvalid(std::string_view field, std::string_view value,
                          std::string_view message, std::string_view limit) {
  absl::Status status =
      ServiceError(absl::StatusCode::kInvalidArgument, kFieldInvalid, message,
                   {{std::string(kField), std::string(field)}});
  if (!value.empty()) status = WithMetadata(std::move(status), kValue, value);
  if (!limit.empty()) status = WithMetadata(std::move(status), kLimit, limit);
  return status;
}

absl::Status WithMetadata(absl::Status status, std::string_view key,
                          std::string_view value) {
  status.SetPayload(absl::StrCat(kMetadataPrefix, ToAbsl(key)),
                    absl::Cord(ToAbsl(value)));
  return status;
}

const absl::Status& OutOfMemory() {
  static const absl::Status status = ServiceError(
      absl::StatusCode::kResourceExhausted, kOutOfMemory,
      "the server is short of memory", {{std::string(kRetryDelayMs), "1000"}});
  return status;
}

std::string Reason(const absl::Status& status) {
  const auto payload = status.GetPayload(kReasonUrl);
  return payload.has_value() ? std::string(*payload) : std::string();
}

Metadata ErrorMetadata(const absl::Status& status) {
  Metadata metadata;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
    if (absl::ConsumePrefix(&url, kMetadataPrefix)) {
      metadata.emplace(std::string(url), std::string(value));
    }
  });
  return metadata;
}

}  // namespace wanwu::errors
