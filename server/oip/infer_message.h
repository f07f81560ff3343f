#pragma once

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "inference/open_inference.pb.h"
#include "server/rpc/bounded_scan.h"

namespace wanwu::oip {

// Which field of InferTensorContents holds an input's elements.
enum class ContentsField {
  kNone,
  kBytes,
  kUint,
  kFp32,
  kOther,  // another, several of them, or elements that are not packed
};

struct InputContents {
  bool present = false;
  ContentsField field = ContentsField::kNone;
  // One after the other they are the elements. Of kBytes each is one.
  std::vector<rpc::BytePlace> places = {};
};

// A ModelInferRequest whose tensors were left where gRPC received them.
struct InferMessage {
  // Without contents and raw_input_contents.
  inference::ModelInferRequest fields;
  // Of the inputs, in their order.
  std::vector<InputContents> contents;
  std::vector<rpc::BytePlace> raw;
};

// More inputs than any model has are as good as malformed.
inline constexpr size_t kMostInputs = 8;

// Time and memory as rpc::ParseClassifyRequest. INVALID_ARGUMENT
// (MESSAGE_MALFORMED).
absl::StatusOr<InferMessage> ParseInferMessage(grpc::ByteBuffer& message);

}  // namespace wanwu::oip
