#include "server/rpc/request_parser.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/common.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::StringOutputStream;
using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyRequest;
using Slices = std::vector<grpc::Slice>;

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

// Reads slices one after another; owns nothing.
class SliceStream final : public google::protobuf::io::ZeroCopyInputStream {
 public:
  explicit SliceStream(const Slices& slices) : slices_(slices) {}

  bool Next(const void** data, int* size) override {
    while (index_ < slices_.size() && offset_ == slices_[index_].size()) {
      ++index_;
      offset_ = 0;
    }
    if (index_ == slices_.size()) return false;
    *data = slices_[index_].begin() + offset_;
    *size = static_cast<int>(slices_[index_].size() - offset_);
    offset_ = slices_[index_].size();
    count_ += *size;
    return true;
  }

  // As the interface demands: only bytes of the last Next.
  void BackUp(int count) override {
    offset_ -= static_cast<size_t>(count);
    count_ -= count;
  }

  bool Skip(int count) override {
    const void* data = nullptr;
    int size = 0;
    while (count > 0 && Next(&data, &size)) {
      if (size > count) BackUp(size - count);
      count -= size;
    }
    return count <= 0;
  }

  int64_t ByteCount() const override { return count_; }

 private:
  const Slices& slices_;
  size_t index_ = 0;
  size_t offset_ = 0;
  int64_t count_ = 0;
};

// Bytes [begin, begin + size) of the slices.
image::ByteChain Range(const Slices& slices, size_t begin, size_t size) {
  image::ByteChain chain;
  for (const grpc::Slice& slice : slices) {
    if (size == 0) break;
    if (begin >= slice.size()) {
      begin -= slice.size();
      continue;
    }
    const size_t length = std::min(size, slice.size() - begin);
    chain.Append({slice.begin() + begin, length});
    begin = 0;
    size -= length;
  }
  return chain;
}

absl::Status Malformed(std::string_view message) {
  return errors::ServiceError(
      absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
      absl::StrCat("the message is not a valid ", std::string(message)));
}

// Reads the fields of a ClassifyRequest up to the stream's limit. The image is
// only located; everything else goes to protobuf as it is.
bool ReadRequestFields(const std::shared_ptr<const Slices>& slices,
                       CodedInputStream& input, ParsedRequest& request) {
  std::string other_fields;
  {
    StringOutputStream output(&other_fields);
    CodedOutputStream copy(&output);
    while (const uint32_t tag = input.ReadTag()) {
      if (tag != kImageTag) {
        if (!WireFormatLite::SkipField(&input, tag, &copy)) return false;
        continue;
      }
      uint32_t size = 0;
      if (!input.ReadVarint32(&size)) return false;
      const auto begin = static_cast<size_t>(input.CurrentPosition());
      if (!input.Skip(static_cast<int>(size))) return false;
      request.picture = {Range(*slices, begin, size), slices};
    }
  }
  return input.ConsumedEntireMessage() &&
         request.fields.MergeFromString(other_fields);
}

bool IsUtf8(const std::string& text) {
  return google::protobuf::internal::IsStructurallyValidUTF8(
      text.data(), static_cast<int>(text.size()));
}

std::shared_ptr<const Slices> DumpSlices(const grpc::ByteBuffer& message) {
  auto slices = std::make_shared<Slices>();
  if (!message.Dump(slices.get()).ok()) slices->clear();
  return slices;
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

bool ReadSubmessage(const std::shared_ptr<const Slices>& slices,
                    CodedInputStream& input, ParsedRequest& request) {
  uint32_t size = 0;
  if (!input.ReadVarint32(&size)) return false;
  const auto limit = input.PushLimit(static_cast<int>(size));
  const bool ok =
      ReadRequestFields(slices, input, request) && input.BytesUntilLimit() == 0;
  input.PopLimit(limit);
  return ok;
}

bool ReadBatchFields(const std::shared_ptr<const Slices>& slices,
                     CodedInputStream& input, ParsedBatchRequest& batch) {
  while (const uint32_t tag = input.ReadTag()) {
    if (tag == kRequestTag) {
      if (!ReadSubmessage(slices, input, batch.request)) return false;
    } else if (tag == kIdTag) {
      if (!WireFormatLite::ReadString(&input, &batch.id)) return false;
    } else if (!WireFormatLite::SkipField(&input, tag)) {
      return false;
    }
  }
  return input.ConsumedEntireMessage();
}

}  // namespace

absl::StatusOr<ParsedRequest> ParseClassifyRequest(
    const grpc::ByteBuffer& message) {
  const auto slices = DumpSlices(message);
  SliceStream stream(*slices);
  CodedInputStream input(&stream);
  ParsedRequest request;
  if (!ReadRequestFields(slices, input, request)) {
    return Malformed("ClassifyRequest");
  }
  return request;
}

ParsedBatchRequest ParseClassifyBatchRequest(const grpc::ByteBuffer& message) {
  const auto slices = DumpSlices(message);
  SliceStream stream(*slices);
  CodedInputStream input(&stream);
  ParsedBatchRequest batch;
  if (!ReadBatchFields(slices, input, batch)) {
    batch.status = Malformed("ClassifyBatchRequest");
  } else {
    batch.status = CheckId(batch.id);
  }
  // Such an id cannot be sent back.
  if (batch.id.size() > kMaxIdBytes || !IsUtf8(batch.id)) batch.id.clear();
  return batch;
}

}  // namespace wanwu::rpc
