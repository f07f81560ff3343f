#include "server/rpc/request_parser.h"

#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/rpc/bounded_scan.h"
#include "server/rpc/received_picture.h"

namespace wanwu::rpc {
namespace {

using google::protobuf::internal::WireFormatLite;
using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyRequest;

constexpr uint32_t kImageTag =
    LengthDelimitedTag(ClassifyRequest::kImageFieldNumber);
constexpr uint32_t kIdTag =
    LengthDelimitedTag(ClassifyBatchRequest::kIdFieldNumber);
constexpr uint32_t kRequestTag =
    LengthDelimitedTag(ClassifyBatchRequest::kRequestFieldNumber);

// Goes once through a message. The last image is only located; everything else
// goes to protobuf as it is.
class MessageScan : private BoundedScan {
 public:
  // The message must outlive the scan.
  MessageScan(grpc::ByteBuffer& message, BytePlace& image)
      : BoundedScan(message), image_(image) {}

  // Each is false for what is no such message, or too much.
  bool ReadRequest(ClassifyRequest& fields) {
    return ReadRequestFields(fields) && ReachedTheEnd();
  }
  bool ReadBatch(std::string& id, ClassifyRequest& fields);

 private:
  bool ReadRequestFields(ClassifyRequest& fields);
  bool LocateImage();

  BytePlace& image_;
};

bool MessageScan::ReadRequestFields(ClassifyRequest& fields) {
  return ReadFields(
      [this](uint32_t tag) {
        return tag == kImageTag ? Handled(LocateImage()) : Outcome::kNotHandled;
      },
      fields);
}

bool MessageScan::LocateImage() {
  // One that comes before the last is beside it.
  located_bytes_ = 0;
  return Locate(image_);
}

bool MessageScan::ReadBatch(std::string& id, ClassifyRequest& fields) {
  while (const uint32_t tag = input_.ReadTag()) {
    bool ok = false;
    if (tag == kRequestTag) {
      ok = ReadSubmessage([&] { return ReadRequestFields(fields); });
    } else {
      ok = ReadBounded([&] {
        return tag == kIdTag ? WireFormatLite::ReadString(&input_, &id)
                             : WireFormatLite::SkipField(&input_, tag);
      });
    }
    if (!ok || !WithinBound()) return false;
  }
  return input_.ConsumedEntireMessage() && ReachedTheEnd();
}

absl::Status Malformed(std::string_view message) {
  return errors::ServiceError(
      absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
      absl::StrCat("the message is not a valid ", std::string(message),
                   ", has more than ", kMaxBytesBesideImage,
                   " bytes beside its image, or came in too many pieces"));
}

bool IsUtf8(const std::string& text) {
  return google::protobuf::internal::IsStructurallyValidUTF8(
      text.data(), static_cast<int>(text.size()));
}

absl::Status CheckId(const std::string& id) {
  if (!IsUtf8(id)) {
    return errors::FieldInvalid("id", "", "id is not UTF-8");
  }
  if (id.size() <= kMaxIdBytes) return absl::OkStatus();
  const std::string limit = absl::StrCat(kMaxIdBytes);
  return errors::FieldInvalid(
      "id", absl::StrCat(id.size()),
      absl::StrCat("id is longer than ", limit, " bytes"), limit);
}

}  // namespace

absl::StatusOr<ParsedRequest> ParseClassifyRequest(grpc::ByteBuffer&& message) {
  ParsedRequest request;
  BytePlace image;
  if (!MessageScan(message, image).ReadRequest(request.fields)) {
    return Malformed("ClassifyRequest");
  }
  request.picture = TakePicture(std::move(message), image.begin, image.size);
  return request;
}

ParsedBatchRequest ParseClassifyBatchRequest(grpc::ByteBuffer&& message) {
  ParsedBatchRequest batch;
  BytePlace image;
  if (!MessageScan(message, image).ReadBatch(batch.id, batch.request.fields)) {
    batch.status = Malformed("ClassifyBatchRequest");
  } else {
    batch.status = CheckId(batch.id);
  }
  // Such an id cannot be sent back.
  if (batch.id.size() > kMaxIdBytes || !IsUtf8(batch.id)) batch.id.clear();
  if (batch.status.ok()) {
    batch.request.picture =
        TakePicture(std::move(message), image.begin, image.size);
  }
  return batch;
}

}  // namespace wanwu::rpc
