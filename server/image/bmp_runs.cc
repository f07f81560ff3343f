#include "server/image/bmp_runs.h"

#include <algorithm>

#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr uint8_t kEndOfRow = 0;
constexpr uint8_t kEndOfPicture = 1;
constexpr uint8_t kMove = 2;

class RunReader {
 public:
  RunReader(const BmpRuns& runs, std::span<uint8_t> pixels)
      : runs_(runs), at_(runs.begin), pixels_(pixels) {}

  bool is_complete() const { return filled_ == pixels_.size(); }
  size_t rows() const { return filled_ / runs_.width; }

  // False if the file or the picture ends.
  bool Step() {
    if (Left() < 2) return false;
    const uint8_t count = runs_.file[at_++];
    const uint8_t value = runs_.file[at_++];
    if (count > 0) {
      Repeat(count, value);
      return true;
    }
    switch (value) {
      case kEndOfRow:
        Blank((runs_.width - filled_ % runs_.width) % runs_.width);
        x_ = 0;
        return true;
      case kEndOfPicture:
        return false;
      case kMove:
        return Move();
      default:
        return Copy(value);
    }
  }

 private:
  size_t Left() const { return runs_.file.size() - at_; }

  void Put(uint8_t value) {
    if (filled_ < pixels_.size()) pixels_[filled_++] = value;
  }

  uint8_t PixelOf(uint8_t byte, size_t index) const {
    if (!runs_.has_nibbles) return byte;
    return index % 2 == 0 ? byte >> 4 : byte & 0xF;
  }

  void Blank(size_t count) {
    count = std::min(count, pixels_.size() - filled_);
    std::fill_n(pixels_.begin() + static_cast<ptrdiff_t>(filled_), count,
                uint8_t{0});
    filled_ += count;
  }

  void Repeat(size_t count, uint8_t value) {
    count = std::min(count, runs_.width - std::min(runs_.width, x_));
    for (size_t i = 0; i < count; ++i) Put(PixelOf(value, i));
    x_ += count;
  }

  bool Move() {
    if (Left() < 2) return false;
    const size_t right = runs_.file[at_++];
    const size_t up = runs_.file[at_++];
    Blank(right + up * runs_.width);
    x_ = filled_ % runs_.width;
    return true;
  }

  bool Copy(size_t count) {
    const size_t bytes = runs_.has_nibbles ? (count + 1) / 2 : count;
    if (Left() < bytes) return false;
    for (size_t i = 0; i < count; ++i) {
      Put(PixelOf(runs_.file[at_ + (runs_.has_nibbles ? i / 2 : i)], i));
    }
    x_ += count;
    at_ += bytes;
    if (at_ % 2 != 0) at_ = std::min(at_ + 1, runs_.file.size());
    return true;
  }

  const BmpRuns& runs_;
  size_t at_;
  std::span<uint8_t> pixels_;
  size_t filled_ = 0;
  size_t x_ = 0;  // In the row, as far as runs count it.
};

}  // namespace

absl::Status UnpackBmpRuns(const BmpRuns& runs, std::span<uint8_t> pixels,
                           const StopCheck& should_stop) {
  RunReader reader(runs, pixels);
  size_t asked_at_row = 0;
  while (!reader.is_complete()) {
    if (should_stop && reader.rows() != asked_at_row) {
      asked_at_row = reader.rows();
      if (should_stop()) return absl::CancelledError();
    }
    if (!reader.Step()) break;
  }
  if (reader.is_complete()) return absl::OkStatus();
  return DecodeFailed("BMP: its runs do not fill the picture");
}

}  // namespace wanwu::image
