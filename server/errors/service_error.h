#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// The one form in which an error travels through the server: an absl::Status
// with a canonical code, a message for people, a reason for programs and
// metadata that names the offending value and its limit.
namespace wanwu::errors {

// What the API promises in image_classifier.proto.
inline constexpr std::string_view kImageEmpty = "IMAGE_EMPTY";
inline constexpr std::string_view kImageDecodeFailed = "IMAGE_DECODE_FAILED";
inline constexpr std::string_view kImageUnsupported = "IMAGE_UNSUPPORTED";
inline constexpr std::string_view kImageTooLarge = "IMAGE_TOO_LARGE";
inline constexpr std::string_view kFieldInvalid = "FIELD_INVALID";
inline constexpr std::string_view kMessageMalformed = "MESSAGE_MALFORMED";
inline constexpr std::string_view kModelNotFound = "MODEL_NOT_FOUND";
inline constexpr std::string_view kModelNotReady = "MODEL_NOT_READY";
inline constexpr std::string_view kModelLoadFailed = "MODEL_LOAD_FAILED";
inline constexpr std::string_view kQueueFull = "QUEUE_FULL";
inline constexpr std::string_view kQueueBytesFull = "QUEUE_BYTES_FULL";
inline constexpr std::string_view kQueueWaitTooLong = "QUEUE_WAIT_TOO_LONG";
inline constexpr std::string_view kTooManyWatches = "TOO_MANY_WATCHES";
inline constexpr std::string_view kTokenMissing = "TOKEN_MISSING";
inline constexpr std::string_view kTokenUnknown = "TOKEN_UNKNOWN";
inline constexpr std::string_view kRoleNotAllowed = "ROLE_NOT_ALLOWED";
inline constexpr std::string_view kNameNotAllowed = "NAME_NOT_ALLOWED";
inline constexpr std::string_view kDraining = "DRAINING";
inline constexpr std::string_view kDeadlineExceeded = "DEADLINE_EXCEEDED";
inline constexpr std::string_view kDeadlineUnreachable = "DEADLINE_UNREACHABLE";
inline constexpr std::string_view kReceiveTimeout = "RECEIVE_TIMEOUT";
inline constexpr std::string_view kCancelled = "CANCELLED";
inline constexpr std::string_view kInferenceFailed = "INFERENCE_FAILED";
inline constexpr std::string_view kInternal = "INTERNAL";
inline constexpr std::string_view kOutOfMemory = "OUT_OF_MEMORY";

// Keys of the metadata. "field" names the request's field at fault.
inline constexpr std::string_view kField = "field";
inline constexpr std::string_view kValue = "value";
inline constexpr std::string_view kLimit = "limit";
inline constexpr std::string_view kRetryDelayMs = "retry_delay_ms";

using Metadata = std::map<std::string, std::string>;

// `code` must not be kOk.
absl::Status ServiceError(absl::StatusCode code, std::string_view reason,
                          std::string_view message,
                          const Metadata& metadata = {});

// INVALID_ARGUMENT, FIELD_INVALID. An empty value or limit is left out.
absl::Status FieldInvalid(std::string_view field, std::string_view value,
                          std::string_view message,
                          std::string_view limit = {});

absl::Status WithMetadata(absl::Status status, std::string_view key,
                          std::string_view value);

// RESOURCE_EXHAUSTED, OUT_OF_MEMORY, with a delay after which to try again: the
// process, not the request, is at fault. Needs no memory once it was called.
const absl::Status& OutOfMemory();

// Empty if the status did not come from ServiceError.
std::string Reason(const absl::Status& status);

Metadata ErrorMetadata(const absl::Status& status);

}  // namespace wanwu::errors
