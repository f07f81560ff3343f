#include "server/image/gif_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr size_t kRgbBytes = 3;

struct Pass {
  int first;
  int step;
};
constexpr Pass kPasses[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

}  // namespace

GifReader::~GifReader() {
  if (gif_ != nullptr) DGifCloseFile(gif_, nullptr);
}

// The byte that ends a frame's blocks may be missing: the reference does not
// look for it.
int GifReader::ReadInput(GifFileType* gif, GifByteType* out, int count) {
  auto& input = static_cast<GifReader*>(gif->UserData)->input_;
  if (input.remaining() == 0 && count == 1) {
    *out = 0;
    return 1;
  }
  return input.Read(std::span(out, static_cast<size_t>(count))) ? count : 0;
}

absl::StatusOr<PictureHeader> GifReader::ReadHeader() {
  errno = 0;
  gif_ = DGifOpen(this, ReadInput, &error_);
  if (gif_ == nullptr) return Refused();
  if (absl::Status status = FindFrame(); !status.ok()) return status;
  const GifImageDesc& frame = gif_->Image;
  size_ = {std::max(gif_->SWidth, frame.Left + frame.Width),
           std::max(gif_->SHeight, frame.Top + frame.Height)};
  ReadPalette();
  return PictureHeader{size_, size_, Orientation::kUpright};
}

absl::Status GifReader::FindFrame() {
  GifRecordType type = UNDEFINED_RECORD_TYPE;
  while (DGifGetRecordType(gif_, &type) == GIF_OK) {
    if (type == IMAGE_DESC_RECORD_TYPE) {
      return DGifGetImageDesc(gif_) == GIF_OK ? absl::OkStatus() : Refused();
    }
    if (type != EXTENSION_RECORD_TYPE) break;
    if (!ReadExtension()) return Refused();
  }
  return DecodeFailed("GIF: it holds no frame");
}

bool GifReader::ReadExtension() {
  int code = 0;
  GifByteType* block = nullptr;  // Its first byte is its length.
  if (DGifGetExtension(gif_, &code, &block) != GIF_OK) return false;
  constexpr int kControlBytes = 4;
  if (code == GRAPHICS_EXT_FUNC_CODE && block != nullptr &&
      block[0] >= kControlBytes && (block[1] & 1) != 0) {
    background_ = block[4];
  }
  while (block != nullptr) {
    if (DGifGetExtensionNext(gif_, &block) != GIF_OK) return false;
  }
  return true;
}

// Without a palette, or with one that says nothing else, numbers are greys. One
// beyond a palette is black, as in Pillow 11.1.
void GifReader::ReadPalette() {
  const ColorMapObject* const map =
      gif_->Image.ColorMap != nullptr ? gif_->Image.ColorMap : gif_->SColorMap;
  const int known = map == nullptr ? 0 : map->ColorCount;
  bool is_grey = true;
  for (int i = 0; i < known; ++i) {
    const GifColorType& color = map->Colors[i];
    palette_[static_cast<size_t>(i)] = {color.Red, color.Green, color.Blue};
    is_grey = is_grey && color.Red == i && color.Green == i && color.Blue == i;
  }
  if (!is_grey) return;
  for (size_t i = 0; i < palette_.size(); ++i) {
    palette_[i].fill(static_cast<uint8_t>(i));
  }
}

absl::Status GifReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  return gif_->Image.Interlace ? PushInterlaced(sink, should_stop)
                               : PushLineByLine(sink, should_stop);
}

absl::Status GifReader::ReadLine(uint8_t* line) {
  return DGifGetLine(gif_, line, gif_->Image.Width) == GIF_OK ? absl::OkStatus()
                                                              : Refused();
}

absl::Status GifReader::PushLineByLine(RowSink& sink,
                                       const StopCheck& should_stop) {
  const GifImageDesc& frame = gif_->Image;
  const PixelRegion needed = sink.needed();
  std::vector<uint8_t> line(static_cast<size_t>(frame.Width));
  std::vector<uint8_t> row(static_cast<size_t>(size_.width) * kRgbBytes);
  for (int y = 0; y < size_.height; ++y) {
    if (should_stop && should_stop()) return absl::CancelledError();
    const bool has_line = y >= frame.Top && y - frame.Top < frame.Height;
    if (has_line) {
      if (absl::Status status = ReadLine(line.data()); !status.ok()) {
        return status;
      }
    }
    if (y < needed.top || y >= needed.bottom) continue;
    PushRow(sink, has_line ? line.data() : nullptr, row.data());
  }
  return absl::OkStatus();
}

absl::Status GifReader::PushInterlaced(RowSink& sink,
                                       const StopCheck& should_stop) {
  const GifImageDesc& frame = gif_->Image;
  const auto width = static_cast<size_t>(frame.Width);
  std::vector<uint8_t> lines(width * static_cast<size_t>(frame.Height));
  for (const Pass& pass : kPasses) {
    for (int y = pass.first; y < frame.Height; y += pass.step) {
      if (should_stop && should_stop()) return absl::CancelledError();
      absl::Status status =
          ReadLine(lines.data() + static_cast<size_t>(y) * width);
      if (!status.ok()) return status;
    }
  }
  const PixelRegion needed = sink.needed();
  std::vector<uint8_t> row(static_cast<size_t>(size_.width) * kRgbBytes);
  for (int y = needed.top; y < needed.bottom; ++y) {
    const int in_frame = y - frame.Top;
    const bool has_line = in_frame >= 0 && in_frame < frame.Height;
    PushRow(sink,
            has_line ? lines.data() + static_cast<size_t>(in_frame) * width
                     : nullptr,
            row.data());
  }
  return absl::OkStatus();
}

void GifReader::PushRow(RowSink& sink, const uint8_t* line,
                        uint8_t* row) const {
  const GifImageDesc& frame = gif_->Image;
  const PixelRegion needed = sink.needed();
  uint8_t* out = row;
  for (int x = needed.left; x < needed.right; ++x, out += kRgbBytes) {
    const int in_frame = x - frame.Left;
    const bool is_inside =
        line != nullptr && in_frame >= 0 && in_frame < frame.Width;
    const int index = is_inside ? line[in_frame] : background_;
    std::memcpy(out, palette_[static_cast<size_t>(index)].data(), kRgbBytes);
  }
  sink.PushRow(row);
}

absl::Status GifReader::Refused() const {
  if (errno == ENOMEM) return errors::OutOfMemory();
  const char* const how =
      GifErrorString(gif_ == nullptr ? error_ : gif_->Error);
  const std::string detail =
      absl::StrCat("GIF: ", how == nullptr ? "the file is broken" : how);
  return DecodeFailed(detail);
}

}  // namespace wanwu::image
