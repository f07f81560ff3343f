#include "server/rpc/small_message.h"

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/rpc/receive_error.h"
#include "server/rpc/request_parser.h"

namespace wanwu::rpc {
namespace {

bool Parse(const grpc::ByteBuffer& message,
           google::protobuf::MessageLite& parsed) {
  if (message.Length() > kMaxBytesBesideImage) return false;
  // In one piece, since gRPC may have it in as many as it has bytes.
  grpc::Slice bytes;
  return message.DumpToSingleSlice(&bytes).ok() &&
         parsed.ParseFromArray(bytes.begin(), static_cast<int>(bytes.size()));
}

}  // namespace

absl::Status ParseSmallMessage(TimedRead::Result received,
                               std::chrono::microseconds timeout,
                               grpc::ByteBuffer& message,
                               google::protobuf::MessageLite& parsed) {
  if (received != TimedRead::Result::kMessage)
    return ReceiveError(received, timeout);
  const bool ok = Parse(message, parsed);
  message.Clear();
  if (ok) return absl::OkStatus();
  return errors::ServiceError(
      absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
      absl::StrCat("the message is not a valid ", parsed.GetTypeName(),
                   ", or has more than ", kMaxBytesBesideImage, " bytes"));
}

}  // namespace wanwu::rpc
