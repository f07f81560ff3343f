#include "server/rpc/request_parser.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/rpc/received_picture.h"

namespace wanwu::rpc {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::ArrayOutputStream;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyRequest;

constexpr uint32_t LengthDelimitedTag(int field) {
  return static_cast<uint32_t>(field) << 3 |
         WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

constexpr uint32_t kImageTag =
    LengthDelimitedTag(ClassifyRequest::kImageFieldNumber);
constexpr uint32_t kIdTag =
    LengthDelimitedTag(ClassifyBatchRequest::kIdFieldNumber);
constexpr uint32_t kRequestTag =
    LengthDelimitedTag(ClassifyBatchRequest::kRequestFieldNumber);

// Pieces of fewer bytes on average than any client's transport makes would
// cost more time than a poller has.
constexpr size_t kMostSmallPieces = 4096;
constexpr size_t kBytesPerPiece = 16;

// Gives up where a message is all crumbs.
class PieceReader final : public grpc::ProtoBufferReader {
 public:
  explicit PieceReader(grpc::ByteBuffer& message)
      : ProtoBufferReader(&message),
        left_(kMostSmallPieces + message.Length() / kBytesPerPiece) {}

  bool Next(const void** data, int* size) override {
    if (left_ == 0) return false;
    --left_;
    return ProtoBufferReader::Next(data, size);
  }

 private:
  size_t left_;
};

struct ImagePlace {
  size_t begin = 0;
  size_t size = 0;
};

// Goes once through a message. The last image is only located; everything else
// goes to protobuf as it is, and reading stops where that becomes more than
// kMaxBytesBesideImage: so much of a message costs more than being skipped.
class MessageScan {
 public:
  // The message must outlive the scan.
  MessageScan(grpc::ByteBuffer& message, ImagePlace& image)
      : reader_(message),
        input_(&reader_),
        size_(message.Length()),
        most_others_(std::min(message.Length(), kMaxBytesBesideImage)),
        image_(image) {}

  // Each is false for what is no such message, or too much.
  bool ReadRequest(ClassifyRequest& fields) {
    return ReadFields(fields) && ReachedTheEnd();
  }
  bool ReadBatch(std::string& id, ClassifyRequest& fields);

 private:
  // A reader that has given up looks like the message's end.
  bool ReachedTheEnd() const {
    return static_cast<size_t>(input_.CurrentPosition()) == size_;
  }
  int BytesBesideImage() const {
    return input_.CurrentPosition() - static_cast<int>(image_.size);
  }
  bool WithinBound() const {
    return BytesBesideImage() <= static_cast<int>(kMaxBytesBesideImage);
  }

  // Runs `read`, which gets no further than the bound allows.
  template <typename Read>
  bool ReadBounded(Read read) {
    const auto outer = input_.PushLimit(static_cast<int>(kMaxBytesBesideImage) -
                                        BytesBesideImage());
    const bool ok = read();
    input_.PopLimit(outer);
    return ok;
  }

  bool ReadFields(ClassifyRequest& fields);
  bool LocateImage();
  bool ReadSubmessage(ClassifyRequest& fields);

  PieceReader reader_;
  CodedInputStream input_;
  const size_t size_;
  const size_t most_others_;
  ImagePlace& image_;
};

bool MessageScan::ReadFields(ClassifyRequest& fields) {
  // Not a string, which would have to grow in the stream's destructor, where
  // no exception may be.
  const auto others = std::make_unique_for_overwrite<uint8_t[]>(most_others_);
  ArrayOutputStream output(others.get(), static_cast<int>(most_others_));
  {
    CodedOutputStream copy(&output);
    while (const uint32_t tag = input_.ReadTag()) {
      const bool ok = tag == kImageTag ? LocateImage() : ReadBounded([&] {
        return WireFormatLite::SkipField(&input_, tag, &copy);
      });
      if (!ok || !WithinBound()) return false;
    }
  }
  CodedInputStream copied(others.get(), static_cast<int>(output.ByteCount()));
  return input_.ConsumedEntireMessage() &&
         fields.MergeFromCodedStream(&copied) && copied.ConsumedEntireMessage();
}

bool MessageScan::LocateImage() {
  uint32_t size = 0;
  if (!input_.ReadVarint32(&size)) return false;
  const auto begin = static_cast<size_t>(input_.CurrentPosition());
  if (!input_.Skip(static_cast<int>(size))) return false;
  image_ = {begin, size};
  return true;
}

bool MessageScan::ReadSubmessage(ClassifyRequest& fields) {
  uint32_t size = 0;
  if (!input_.ReadVarint32(&size)) return false;
  const auto outer = input_.PushLimit(static_cast<int>(size));
  const bool ok = ReadFields(fields) && input_.BytesUntilLimit() == 0;
  input_.PopLimit(outer);
  return ok;
}

bool MessageScan::ReadBatch(std::string& id, ClassifyRequest& fields) {
  while (const uint32_t tag = input_.ReadTag()) {
    bool ok = false;
    if (tag == kRequestTag) {
      ok = ReadSubmessage(fields);
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
  ImagePlace image;
  if (!MessageScan(message, image).ReadRequest(request.fields)) {
    return Malformed("ClassifyRequest");
  }
  request.picture = TakePicture(std::move(message), image.begin, image.size);
  return request;
}

ParsedBatchRequest ParseClassifyBatchRequest(grpc::ByteBuffer&& message) {
  ParsedBatchRequest batch;
  ImagePlace image;
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
