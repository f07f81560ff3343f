#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>

#include "server/pipeline/classify_job.h"

namespace wanwu::rpc {

// Bytes [begin, begin + size) of a message, as the picture that keeps them in
// memory: where gRPC received them, or copied if they came in pieces so small
// that keeping these would take far more memory than the bytes.
pipeline::EncodedPicture TakePicture(grpc::ByteBuffer&& message, size_t begin,
                                     size_t size);

}  // namespace wanwu::rpc
