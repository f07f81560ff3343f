#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "server/rpc/piece_reader.h"

namespace wanwu::rpc {

// All of a message but the pictures that are taken from it: tags and lengths,
// unknown fields, images that a later one replaces.
inline constexpr size_t kMaxBytesBesideImage = size_t{64} << 10;

struct BytePlace {
  size_t begin = 0;
  size_t size = 0;
};

constexpr uint32_t LengthDelimitedTag(int field) {
  using google::protobuf::internal::WireFormatLite;
  return static_cast<uint32_t>(field) << 3 |
         WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

// What parsers of messages with pictures go through a message with: pictures
// are only located, and reading stops where everything else becomes more than
// kMaxBytesBesideImage: so much of a message costs more than being skipped.
class BoundedScan {
 protected:
  // The message must outlive the scan.
  explicit BoundedScan(grpc::ByteBuffer& message)
      : reader_(message),
        input_(&reader_),
        size_(message.Length()),
        most_others_(std::min(message.Length(), kMaxBytesBesideImage)) {}

  // A reader that has given up looks like the message's end.
  bool ReachedTheEnd() const {
    return static_cast<size_t>(input_.CurrentPosition()) == size_;
  }
  int BytesBeside() const {
    return input_.CurrentPosition() - static_cast<int>(located_bytes_);
  }
  bool WithinBound() const {
    return BytesBeside() <= static_cast<int>(kMaxBytesBesideImage);
  }

  // Runs `read`, which gets no further than the bound allows.
  template <typename Read>
  bool ReadBounded(Read read) {
    const auto outer = input_.PushLimit(static_cast<int>(kMaxBytesBesideImage) -
                                        BytesBeside());
    const bool ok = read();
    input_.PopLimit(outer);
    return ok;
  }

  // What became of a field.
  enum class Outcome { kNotHandled, kOk, kFailed };

  static Outcome Handled(bool ok) {
    return ok ? Outcome::kOk : Outcome::kFailed;
  }

  // Reads to the message's end, or the limit's. Fields that `handle` does not
  // take become part of `message`, as they are.
  template <typename Handle, typename Message>
  bool ReadFields(Handle handle, Message& message) {
    using google::protobuf::io::CodedInputStream;
    // Not a string, which would have to grow in the stream's destructor, where
    // no exception may be.
    const auto others = std::make_unique_for_overwrite<uint8_t[]>(most_others_);
    google::protobuf::io::ArrayOutputStream output(
        others.get(), static_cast<int>(most_others_));
    {
      google::protobuf::io::CodedOutputStream copy(&output);
      while (const uint32_t tag = input_.ReadTag()) {
        if (!ReadField(tag, handle, copy) || !WithinBound()) return false;
      }
    }
    CodedInputStream copied(others.get(), static_cast<int>(output.ByteCount()));
    return input_.ConsumedEntireMessage() &&
           message.MergeFromCodedStream(&copied) &&
           copied.ConsumedEntireMessage();
  }

  // Of a field whose tag was read; `read` goes through its inside.
  template <typename Read>
  bool ReadSubmessage(Read read) {
    uint32_t size = 0;
    if (!input_.ReadVarint32(&size)) return false;
    // PushLimit would take what is around it for the end.
    const int around = input_.BytesUntilLimit();
    if (around >= 0 && size > static_cast<uint32_t>(around)) return false;
    const auto outer = input_.PushLimit(static_cast<int>(size));
    const bool ok = read() && input_.BytesUntilLimit() == 0;
    input_.PopLimit(outer);
    return ok;
  }

  // Goes past a length-delimited field whose tag was read.
  bool Locate(BytePlace& place) {
    uint32_t size = 0;
    if (!input_.ReadVarint32(&size)) return false;
    const auto begin = static_cast<size_t>(input_.CurrentPosition());
    if (!input_.Skip(static_cast<int>(size))) return false;
    place = {begin, size};
    located_bytes_ += size;
    return true;
  }

  PieceReader reader_;
  google::protobuf::io::CodedInputStream input_;
  const size_t size_;
  // Enough for a copy of everything else.
  const size_t most_others_;
  size_t located_bytes_ = 0;

 private:
  template <typename Handle>
  bool ReadField(uint32_t tag, Handle& handle,
                 google::protobuf::io::CodedOutputStream& copy) {
    const Outcome outcome = handle(tag);
    if (outcome != Outcome::kNotHandled) return outcome == Outcome::kOk;
    return ReadBounded([&] {
      return google::protobuf::internal::WireFormatLite::SkipField(&input_, tag,
                                                                   &copy);
    });
  }
};

}  // namespace wanwu::rpc
