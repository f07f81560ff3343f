#include "server/oip/infer_message.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::oip {
namespace {

using google::protobuf::internal::WireFormatLite;
using inference::InferTensorContents;
using inference::ModelInferRequest;
using rpc::BytePlace;
using rpc::LengthDelimitedTag;
using Input = ModelInferRequest::InferInputTensor;

constexpr uint32_t kInputTag =
    LengthDelimitedTag(ModelInferRequest::kInputsFieldNumber);
constexpr uint32_t kRawTag =
    LengthDelimitedTag(ModelInferRequest::kRawInputContentsFieldNumber);
constexpr uint32_t kContentsTag =
    LengthDelimitedTag(Input::kContentsFieldNumber);

ContentsField FieldOf(uint32_t tag) {
  switch (tag) {
    case LengthDelimitedTag(InferTensorContents::kBytesContentsFieldNumber):
      return ContentsField::kBytes;
    case LengthDelimitedTag(InferTensorContents::kUintContentsFieldNumber):
      return ContentsField::kUint;
    case LengthDelimitedTag(InferTensorContents::kFp32ContentsFieldNumber):
      return ContentsField::kFp32;
    default:
      return ContentsField::kOther;
  }
}

bool IsKnown(uint32_t tag) {
  const int field = WireFormatLite::GetTagFieldNumber(tag);
  return field >= InferTensorContents::kBoolContentsFieldNumber &&
         field <= InferTensorContents::kBytesContentsFieldNumber;
}

// Goes once through a message. Tensors are only located; everything else goes
// to protobuf as it is.
class InferScan : private rpc::BoundedScan {
 public:
  InferScan(grpc::ByteBuffer& message, InferMessage& to)
      : BoundedScan(message), to_(to) {}

  // False for what is no such message, or too much.
  bool Read() {
    const auto read = [this](uint32_t tag) {
      if (tag == kInputTag) return Handled(ReadInput());
      if (tag == kRawTag) return Handled(LocateIn(to_.raw));
      return Outcome::kNotHandled;
    };
    return ReadFields(read, to_.fields) && ReachedTheEnd();
  }

 private:
  bool LocateIn(std::vector<BytePlace>& places) {
    BytePlace place;
    if (!Locate(place)) return false;
    places.push_back(place);
    return true;
  }

  bool ReadInput() {
    if (to_.contents.size() == kMostInputs) return false;
    InputContents& contents = to_.contents.emplace_back();
    Input& input = *to_.fields.add_inputs();
    return ReadSubmessage([&] {
      return ReadFields(
          [&](uint32_t tag) {
            if (tag != kContentsTag) return Outcome::kNotHandled;
            return Handled(
                ReadSubmessage([&] { return ReadContents(contents); }));
          },
          input);
    });
  }

  bool ReadContents(InputContents& contents) {
    contents.present = true;
    while (const uint32_t tag = input_.ReadTag()) {
      const bool known = IsKnown(tag);
      const ContentsField field = FieldOf(tag);
      if (known && contents.field != field) {
        contents.field = contents.field == ContentsField::kNone
                             ? field
                             : ContentsField::kOther;
      }
      const bool whole = WireFormatLite::GetTagWireType(tag) ==
                         WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
      const bool ok =
          known && whole ? LocateIn(contents.places) : ReadBounded([&] {
            return WireFormatLite::SkipField(&input_, tag);
          });
      if (!ok || !WithinBound()) return false;
    }
    return input_.ConsumedEntireMessage();
  }

  InferMessage& to_;
};

}  // namespace

absl::StatusOr<InferMessage> ParseInferMessage(grpc::ByteBuffer& message) {
  InferMessage parsed;
  if (InferScan(message, parsed).Read()) return parsed;
  return errors::ServiceError(
      absl::StatusCode::kInvalidArgument, errors::kMessageMalformed,
      absl::StrCat("the message is not a valid ModelInferRequest, has more "
                   "than ",
                   kMostInputs, " inputs or ", rpc::kMaxBytesBesideImage,
                   " bytes beside their contents, or came in too many pieces"));
}

}  // namespace wanwu::oip
