#include "server/oip/picture_cutter.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/rpc/picture_pieces.h"

namespace wanwu::oip {
namespace {

using image::PictureForm;
using pipeline::EncodedPicture;
using Bytes = std::span<const uint8_t>;
using Slices = std::vector<grpc::Slice>;

static_assert(std::endian::native == std::endian::little);

// Goes through what lies at some places of a message, as if it were in one
// piece.
class ContentsCursor {
 public:
  ContentsCursor(const Slices& slices, std::span<const rpc::BytePlace> places)
      : slices_(slices), places_(places) {
    for (const rpc::BytePlace& place : places) left_ += place.size;
    Settle();
  }

  size_t left() const { return left_; }
  // To the end of a place or slice; empty at the end of all.
  Bytes Stretch() const {
    if (left_ == 0) return {};
    const grpc::Slice& slice = slices_[slice_];
    const size_t in_slice = position_ - slice_begin_;
    return Bytes(slice.begin() + in_slice,
                 std::min(slice.size() - in_slice, place_end_ - position_));
  }
  const grpc::Slice& slice() const { return slices_[slice_]; }

  // At most the stretch.
  void Advance(size_t bytes) {
    position_ += bytes;
    left_ -= bytes;
    Settle();
  }

  bool Read(std::span<uint8_t> to) {
    if (to.size() > left_) return false;
    while (!to.empty()) {
      const Bytes bytes =
          Stretch().first(std::min(Stretch().size(), to.size()));
      std::memcpy(to.data(), bytes.data(), bytes.size());
      to = to.subspan(bytes.size());
      Advance(bytes.size());
    }
    return true;
  }

 private:
  // Finds the next byte that there is.
  void Settle() {
    while (left_ > 0 && position_ == place_end_) {
      position_ = places_.front().begin;
      place_end_ = position_ + places_.front().size;
      places_ = places_.subspan(1);
    }
    while (left_ > 0 && position_ >= slice_begin_ + slice().size()) {
      slice_begin_ += slice().size();
      ++slice_;
    }
  }

  const Slices& slices_;
  std::span<const rpc::BytePlace> places_;
  size_t left_ = 0;
  size_t position_ = 0;
  size_t place_end_ = 0;
  size_t slice_ = 0;
  size_t slice_begin_ = 0;
};

// How many bytes of a stretch belong to a picture of so many bytes.
class BytesLeft {
 public:
  explicit BytesLeft(size_t bytes) : left_(bytes) {}
  bool done() const { return left_ == 0; }
  size_t Take(Bytes stretch) {
    const size_t taken = std::min(left_, stretch.size());
    left_ -= taken;
    return taken;
  }

 private:
  size_t left_;
};

// The same of so many varints, whose last bytes are below 128.
class VarintsLeft {
 public:
  explicit VarintsLeft(size_t varints) : left_(varints) {}
  bool done() const { return left_ == 0; }
  size_t Take(Bytes stretch) {
    const auto ends = static_cast<size_t>(
        std::count_if(stretch.begin(), stretch.end(), IsLast));
    if (ends < left_) {
      left_ -= ends;
      return stretch.size();
    }
    auto end = stretch.begin();
    for (; left_ > 0; ++end) left_ -= IsLast(*end) ? 1 : 0;
    return static_cast<size_t>(end - stretch.begin());
  }

 private:
  static bool IsLast(uint8_t byte) { return byte < 0x80; }

  size_t left_;
};

// Collects one picture's pieces, and what keeps them.
class PictureBuilder {
 public:
  // `size`: bytes that it has at least.
  explicit PictureBuilder(size_t size) : pieces_(size) {}

  void Add(Bytes piece, const grpc::Slice& slice) {
    if (pieces_.copied()) return pieces_.Add(piece);
    if (last_ != &slice) kept_.push_back(slice);
    last_ = &slice;
    // A small slice has its bytes in itself, and the copy has others.
    const uint8_t* begin =
        kept_.back().begin() + (piece.data() - slice.begin());
    pieces_.Add({begin, piece.size()});
    if (pieces_.copied()) kept_.clear();
  }

  EncodedPicture Build(PictureForm form, size_t slack) && {
    const size_t held = pieces_.size() + slack;
    EncodedPicture picture = std::move(pieces_).Build(
        std::make_shared<const Kept>(std::move(kept_)), held);
    picture.form = form;
    return picture;
  }

 private:
  // Whose elements stay where they are.
  using Kept = std::deque<grpc::Slice>;

  rpc::PicturePieces pieces_;
  // A picture in small slices keeps these only.
  Kept kept_;
  const grpc::Slice* last_ = nullptr;
};

class Cutter {
 public:
  // `slack`: what each picture holds beside itself.
  Cutter(const Slices& slices, const InferPlan& plan, size_t slack)
      : plan_(plan), slack_(slack), cursor_(slices, plan.places) {}

  absl::StatusOr<std::vector<EncodedPicture>> Cut() {
    std::vector<EncodedPicture> pictures;
    for (int i = 0; i < plan_.pictures; ++i) {
      std::optional<EncodedPicture> picture = TakeNext(i);
      if (!picture.has_value()) return TooShort(i);
      pictures.push_back(*std::move(picture));
    }
    if (cursor_.left() == 0) return pictures;
    return Wrong(absl::StrCat("unexpected ", cursor_.left(),
                              " bytes after the last element of input '",
                              Input(), "'"));
  }

 private:
  std::optional<EncodedPicture> TakeNext(int index) {
    const image::TensorSpec spec = plan_.model.entry.model->tensor_spec();
    if (plan_.form == PictureForm::kVarintPixels) {
      const size_t values = image::ValuesOf(spec);
      return TakePicture(VarintsLeft(values), values);
    }
    if (plan_.form != PictureForm::kEncoded) {
      const size_t size = image::BytesOf(plan_.form, spec);
      return TakePicture(BytesLeft(size), size);
    }
    if (!plan_.raw) {
      const size_t size = plan_.places[static_cast<size_t>(index)].size;
      return TakePicture(BytesLeft(size), size);
    }
    uint32_t size = 0;
    if (!cursor_.Read({reinterpret_cast<uint8_t*>(&size), sizeof(size)}) ||
        size > cursor_.left()) {
      return std::nullopt;
    }
    return TakePicture(BytesLeft(size), size);
  }

  template <typename Left>
  std::optional<EncodedPicture> TakePicture(Left left, size_t least_bytes) {
    PictureBuilder builder(least_bytes);
    while (!left.done()) {
      const Bytes stretch = cursor_.Stretch();
      if (stretch.empty()) return std::nullopt;
      const size_t taken = left.Take(stretch);
      builder.Add(stretch.first(taken), cursor_.slice());
      cursor_.Advance(taken);
    }
    return std::move(builder).Build(plan_.form, slack_);
  }

  absl::string_view Input() const {
    const std::string_view name = plan_.model.kind->tensor;
    return {name.data(), name.size()};
  }

  absl::Status TooShort(int index) const {
    return Wrong(absl::StrCat("incomplete data for inference input '", Input(),
                              "': element ", index, " of ", plan_.pictures,
                              " ends behind its contents"));
  }

  static absl::Status Wrong(const std::string& message) {
    return errors::FieldInvalid("contents", "", message);
  }

  const InferPlan& plan_;
  const size_t slack_;
  ContentsCursor cursor_;
};

}  // namespace

absl::StatusOr<std::vector<EncodedPicture>> CutPictures(
    const grpc::ByteBuffer& message, const InferPlan& plan) {
  Slices slices;
  if (!message.Dump(&slices).ok()) {
    return errors::FieldInvalid("contents", "", "the message is compressed");
  }
  size_t located = 0;
  for (const rpc::BytePlace& place : plan.places) located += place.size;
  const size_t slack =
      (message.Length() - located) / static_cast<size_t>(plan.pictures);
  return Cutter(slices, plan, slack).Cut();
}

}  // namespace wanwu::oip
