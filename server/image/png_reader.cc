#include "server/image/png_reader.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/byte_order.h"
#include "server/image/image_error.h"
#include "server/image/png_orientation.h"

namespace wanwu::image {
namespace {

// For each chunk that libpng keeps; more than any palette needs.
constexpr png_alloc_size_t kMaxChunkBytes = 1024 * 1024;
constexpr png_uint_32 kMaxKeptChunks = 16;
constexpr int kRgbBytes = 3;
constexpr size_t kLengthBytes = 4;

}  // namespace

PngReader::PngReader(const ByteChain& encoded)
    : encoded_(encoded), input_(encoded) {}

PngReader::~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

void PngReader::OnError(png_structp png, png_const_charp message) {
  auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
  std::snprintf(reader.message_, sizeof(reader.message_), "%s", message);
  reader.trap_.Spring();
}

void PngReader::OnWarning(png_structp png, png_const_charp message) {
  if (std::strstr(message, "CRC error") == nullptr) return;
  auto& reader = *static_cast<PngReader*>(png_get_error_ptr(png));
  reader.damage_.Add(Damage::kChecksums);
}

// As the reference, reads the data that is there: without its last bytes, which
// are checksums, all pixels may be.
void PngReader::FitDataToFile(std::span<uint8_t, kChunkHeadBytes> head) const {
  const std::span<uint8_t> length = head.first(kLengthBytes);
  const size_t left = input_.remaining();
  const bool is_data = std::memcmp(&head[kLengthBytes], "IDAT", 4) == 0;
  if (!is_data || FromBigEndian(length) <= left) return;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length[i] = static_cast<uint8_t>(left >> (8 * (kLengthBytes - 1 - i)));
  }
}

void PngReader::ReadInput(png_structp png, png_bytep out, size_t count) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  if (!reader.input_.Read(std::span(out, count))) {
    reader.ends_early_ = true;
    png_error(png, "the file ends too early");
  }
  if ((png_get_io_state(png) & PNG_IO_CHUNK_HDR) != 0 &&
      count == kChunkHeadBytes) {
    reader.FitDataToFile(std::span<uint8_t, kChunkHeadBytes>(out, count));
  }
}

// The library's message for want of memory depends on what it was for.
png_voidp PngReader::Allocate(png_structp png, png_alloc_size_t bytes) {
  void* const memory = std::malloc(bytes);
  if (memory == nullptr) {
    static_cast<PngReader*>(png_get_mem_ptr(png))->out_of_memory_ = true;
  }
  return memory;
}

void PngReader::Release(png_structp, png_voidp memory) { std::free(memory); }

bool PngReader::Create() {
  return trap_.Run([this] {
    png_ = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, this, OnError,
                                    OnWarning, this, Allocate, Release);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }) && info_ != nullptr;
}

void PngReader::ConfigureSafety() {
  png_set_read_fn(png_, this, ReadInput);
  png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  // -1: everything but IHDR, PLTE, tRNS, IDAT and IEND.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_set_chunk_malloc_max(png_, kMaxChunkBytes);
  png_set_chunk_cache_max(png_, kMaxKeptChunks);
  // The caller's limits apply, before the first row buffer.
  png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // As the reference: some encoders write a smaller window than they use.
  png_set_option(png_, PNG_MAXIMUM_INFLATE_WINDOW, PNG_OPTION_ON);
}

// An index beyond the palette is black, as in Pillow 11.1; 9.4 has greys.
void PngReader::ExtendPalette() {
  png_color palette[PNG_MAX_PALETTE_LENGTH];
  png_colorp known = nullptr;
  int known_size = 0;
  png_get_PLTE(png_, info_, &known, &known_size);
  const int size = 1 << png_get_bit_depth(png_, info_);
  for (int i = 0; i < size; ++i) {
    palette[i] = i < known_size ? known[i] : png_color{};
  }
  png_set_PLTE(png_, info_, palette, size);
}

void PngReader::ConfigureOutput() {
  const png_byte color = png_get_color_type(png_, info_);
  png_set_strip_16(png_);
  if (color == PNG_COLOR_TYPE_PALETTE) {
    ExtendPalette();
    png_set_palette_to_rgb(png_);
  }
  if (color == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png_);
  if ((color & PNG_COLOR_MASK_COLOR) == 0) png_set_gray_to_rgb(png_);
  png_set_strip_alpha(png_);
}

absl::StatusOr<PictureHeader> PngReader::ReadHeader() {
  if (!Create()) return Refused();
  const bool read = trap_.Run([this] {
    ConfigureSafety();
    png_read_info(png_, info_);
    // The reference compares no checksum from here on.
    png_set_crc_action(png_, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
  });
  if (!read) return Refused();
  size_ = {static_cast<int>(png_get_image_width(png_, info_)),
           static_cast<int>(png_get_image_height(png_, info_))};
  return PictureHeader{size_, size_, PngOrientation(encoded_)};
}

absl::Status PngReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  int passes = 0;
  size_t row_bytes = 0;
  if (!trap_.Run([&] {
        ConfigureOutput();
        passes = png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        row_bytes = png_get_rowbytes(png_, info_);
      })) {
    return Refused();
  }
  if (row_bytes != static_cast<size_t>(size_.width) * kRgbBytes) {
    return Internal("libpng does not give rows of RGB");
  }
  const bool interlaced = passes > 1;
  const int rows_held = interlaced ? size_.height : 1;
  std::vector<uint8_t> pixels(row_bytes * static_cast<size_t>(rows_held));
  bool stopped = false;
  const bool read = trap_.Run([&, buffer = pixels.data()] {
    stopped = interlaced ? !ReadInterlaced(should_stop, buffer, passes)
                         : !PushRowByRow(sink, should_stop, buffer);
  });
  if (stopped) return absl::CancelledError();
  if (!read && !AllRowsRead()) return Refused();
  if (interlaced) PushPicture(sink, pixels.data());
  // What failed stands behind the last row, which was not pushed any more.
  if (!interlaced && !read && sink.needed().bottom == size_.height) {
    sink.PushRow(pixels.data() + sink.needed().left * kRgbBytes);
  }
  return read ? ReadToTheEnd() : EndBroken();
}

// The library looks for the data's end before it returns from the last row.
bool PngReader::AllRowsRead() const {
  constexpr int kPasses = 7;
  return png_get_current_row_number(png_) ==
             static_cast<png_uint_32>(size_.height) ||
         png_get_current_pass_number(png_) == kPasses;
}

absl::Status PngReader::ReadToTheEnd() {
  const bool read = trap_.Run([this] { png_read_end(png_, nullptr); });
  return read ? absl::OkStatus() : EndBroken();
}

absl::Status PngReader::EndBroken() {
  if (out_of_memory_) return errors::OutOfMemory();
  damage_.Add(ends_early_ ? Damage::kNoEnd : Damage::kAfterPicture);
  return absl::OkStatus();
}

bool PngReader::PushRowByRow(RowSink& sink, const StopCheck& should_stop,
                             uint8_t* row) {
  const PixelRegion needed = sink.needed();
  const uint8_t* const needed_part = row + needed.left * kRgbBytes;
  for (int y = 0; y < size_.height; ++y) {
    if (should_stop && should_stop()) return false;
    png_read_row(png_, row, nullptr);
    if (y >= needed.top && y < needed.bottom) sink.PushRow(needed_part);
  }
  return true;
}

bool PngReader::ReadInterlaced(const StopCheck& should_stop, uint8_t* picture,
                               int passes) {
  const size_t row_bytes = static_cast<size_t>(size_.width) * kRgbBytes;
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < size_.height; ++y) {
      if (should_stop && should_stop()) return false;
      png_read_row(png_, picture + static_cast<size_t>(y) * row_bytes, nullptr);
    }
  }
  return true;
}

void PngReader::PushPicture(RowSink& sink, const uint8_t* picture) const {
  const size_t row_bytes = static_cast<size_t>(size_.width) * kRgbBytes;
  const PixelRegion needed = sink.needed();
  for (int y = needed.top; y < needed.bottom; ++y) {
    sink.PushRow(picture + static_cast<size_t>(y) * row_bytes +
                 needed.left * kRgbBytes);
  }
}

absl::Status PngReader::Refused() const {
  if (out_of_memory_) return errors::OutOfMemory();
  return DecodeFailed(absl::StrCat("PNG: ", message_));
}

}  // namespace wanwu::image
