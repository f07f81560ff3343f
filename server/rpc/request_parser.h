#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "server/pipeline/classify_job.h"
#include "server/rpc/bounded_scan.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

// A ClassifyRequest whose picture was left where gRPC received it.
struct ParsedRequest {
  // Without the image.
  wanwu::v1::ClassifyRequest fields;
  pipeline::EncodedPicture picture;
};

struct ParsedBatchRequest {
  std::string id;
  ParsedRequest request;
  // Not OK: the request could not be used, but the id is valid.
  absl::Status status;
};

inline constexpr size_t kMaxIdBytes = 256;

// Take the message for the picture's sake, see TakePicture. Time and memory
// are those of the message's pieces and of kMaxBytesBesideImage, whatever the
// message holds. Errors: INVALID_ARGUMENT, MESSAGE_MALFORMED or FIELD_INVALID.
absl::StatusOr<ParsedRequest> ParseClassifyRequest(grpc::ByteBuffer&& message);
ParsedBatchRequest ParseClassifyBatchRequest(grpc::ByteBuffer&& message);

}  // namespace wanwu::rpc
