#include "server/image/jpeg_reader.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/cmyk.h"
#include "server/image/exif_orientation.h"
#include "server/image/image_error.h"
#include "server/image/jpeg_scale.h"

namespace wanwu::image {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr size_t kLongestMarker = 0xFFFF;
constexpr size_t kLengthBytes = 2;
constexpr std::string_view kExifPrefix("Exif\0", 5);
constexpr int kWarning = -1;
constexpr size_t kRgbBytes = 3;
constexpr size_t kCmykBytes = 4;
constexpr int kCmykComponents = 4;
constexpr unsigned kEighths = 8;

// libjpeg-turbo writes a row that begins at a multiple of 16 or 32 bytes past
// the caches, to memory, from which the resize would then wait for it.
constexpr size_t kOffAlignment = 1;

// Beside and above a part decoded by itself, libjpeg-turbo takes the part's
// edge for the picture's where it enlarges subsampled colours: the pixels next
// to it differ. Two would do for 2 x 2; with 16 every sampling is exact.
constexpr int kMargin = 16;

// Pixels of rows that are skipped between two questions whether to stop: a few
// milliseconds of work. The rows are a multiple of what a row of MCUs is high.
constexpr int kPixelsAtOnce = 1 << 20;
constexpr int kArithmeticPixelsAtOnce = 1 << 17;
constexpr int kRowsAtOnce = 32;

// The first coefficients of a block, which a progressive JPEG that lacks some
// of their bits has guessed from the blocks around it.
constexpr int kSmoothedCoefficients = 10;

Damage DamageOf(int message) {
  switch (message) {
    case JWRN_HIT_MARKER:
      return Damage::kMissingData;
    case JWRN_EXTRANEOUS_DATA:
      return Damage::kStrayBytes;
    case JWRN_MUST_RESYNC:
      return Damage::kRestartMarkers;
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_NOT_SEQUENTIAL:
      return Damage::kScanParameters;
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
      return Damage::kUnknownVersion;
    default:
      return Damage::kCorruptData;
  }
}

}  // namespace

JpegReader::JpegReader(const ByteChain& encoded, const ImageLimits& limits,
                       int least_shorter_side)
    : limits_(limits),
      least_shorter_side_(least_shorter_side),
      input_(encoded) {}

// Harmless if the library was never set up.
JpegReader::~JpegReader() { jpeg_destroy_decompress(&jpeg_); }

JpegReader& JpegReader::Self(j_common_ptr common) {
  return *static_cast<JpegReader*>(common->client_data);
}

void JpegReader::OnError(j_common_ptr common) { Self(common).trap_.Spring(); }

void JpegReader::OnMessage(j_common_ptr common, int level) {
  if (level != kWarning) return;
  const Damage damage = DamageOf(common->err->msg_code);
  const bool counts = damage == Damage::kStrayBytes;
  Self(common).damage_.Add(damage, counts ? common->err->msg_parm.i[0] : 1);
}

void JpegReader::OnProgress(j_common_ptr common) {
  JpegReader& reader = Self(common);
  if (reader.jpeg_.input_scan_number > reader.most_scans_) {
    reader.refusal_ = Refusal::kTooManyScans;
    reader.trap_.Spring();
  }
  reader.StopIfAsked();
}

void JpegReader::StopIfAsked() {
  if (should_stop_ == nullptr || !*should_stop_ || !(*should_stop_)()) return;
  refusal_ = Refusal::kStopped;
  trap_.Spring();
}

void JpegReader::DiscardMessage(j_common_ptr) {}

void JpegReader::NothingToDo(j_decompress_ptr) {}

boolean JpegReader::FillInput(j_decompress_ptr jpeg) {
  JpegReader& reader = Self(reinterpret_cast<j_common_ptr>(jpeg));
  const std::span<const uint8_t> piece = reader.input_.TakePiece();
  if (piece.empty()) ERREXIT(jpeg, JERR_INPUT_EOF);
  reader.source_.next_input_byte = piece.data();
  reader.source_.bytes_in_buffer = piece.size();
  return TRUE;
}

void JpegReader::SkipInput(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  JpegReader& reader = Self(reinterpret_cast<j_common_ptr>(jpeg));
  jpeg_source_mgr& source = reader.source_;
  const auto wanted = static_cast<size_t>(count);
  const size_t here = std::min(wanted, source.bytes_in_buffer);
  source.next_input_byte += here;
  source.bytes_in_buffer -= here;
  if (!reader.input_.Skip(wanted - here)) ERREXIT(jpeg, JERR_INPUT_EOF);
}

uint8_t JpegReader::NextByte() {
  if (source_.bytes_in_buffer == 0) FillInput(&jpeg_);
  --source_.bytes_in_buffer;
  return *source_.next_input_byte++;
}

void JpegReader::AppendToExif(size_t count) {
  for (; count > 0; --count) exif_.push_back(NextByte());
}

boolean JpegReader::OnApp1(j_decompress_ptr jpeg) {
  JpegReader& reader = Self(reinterpret_cast<j_common_ptr>(jpeg));
  const size_t high = reader.NextByte();
  const size_t low = reader.NextByte();
  const size_t length = high << 8 | low;
  // As the library for other markers: nothing belongs to it.
  if (length < kLengthBytes) reader.damage_.Add(Damage::kSegmentLength);
  size_t left = length - std::min(length, kLengthBytes);
  if (reader.exif_.empty() && left >= kExifPrefix.size()) {
    reader.AppendToExif(kExifPrefix.size());
    left -= kExifPrefix.size();
    if (std::equal(kExifPrefix.begin(), kExifPrefix.end(),
                   reader.exif_.begin())) {
      reader.AppendToExif(left);
      return TRUE;
    }
    reader.exif_.clear();
  }
  SkipInput(jpeg, static_cast<long>(left));
  return TRUE;
}

void JpegReader::InstallCallbacks() {
  errors_.error_exit = OnError;
  errors_.emit_message = OnMessage;
  errors_.output_message = DiscardMessage;
  source_.init_source = NothingToDo;
  source_.fill_input_buffer = FillInput;
  source_.skip_input_data = SkipInput;
  source_.resync_to_restart = jpeg_resync_to_restart;
  source_.term_source = NothingToDo;
  progress_.progress_monitor = OnProgress;
}

absl::StatusOr<PictureHeader> JpegReader::ReadHeader() {
  jpeg_.err = jpeg_std_error(&errors_);
  jpeg_.client_data = this;
  InstallCallbacks();
  exif_.reserve(kLongestMarker);
  const bool read = trap_.Run([this] {
    jpeg_create_decompress(&jpeg_);
    jpeg_.src = &source_;
    jpeg_.progress = &progress_;
    jpeg_set_marker_processor(&jpeg_, kExifMarker, OnApp1);
    while (jpeg_read_header(&jpeg_, FALSE) == JPEG_HEADER_TABLES_ONLY) {
      damage_.Add(Damage::kEmptyPicture);
    }
  });
  if (!read) return Refused();
  jpeg_.out_color_space =
      jpeg_.num_components == kCmykComponents ? JCS_CMYK : JCS_RGB;
  jpeg_.scale_num = EighthsToDecode(
      static_cast<int>(std::min(jpeg_.image_width, jpeg_.image_height)),
      std::max(jpeg_.max_h_samp_factor, jpeg_.max_v_samp_factor),
      least_shorter_side_);
  jpeg_.scale_denom = kEighths;
  if (!trap_.Run([this] { jpeg_calc_output_dimensions(&jpeg_); })) {
    return Refused();
  }
  return PictureHeader{
      PictureSize{static_cast<int>(jpeg_.image_width),
                  static_cast<int>(jpeg_.image_height)},
      PictureSize{static_cast<int>(jpeg_.output_width),
                  static_cast<int>(jpeg_.output_height)},
      OrientationFromTag(ExifOrientationTag(exif_).value_or(0))};
}

absl::Status JpegReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  should_stop_ = &should_stop;
  most_scans_ = MostScans(ScanPixels(), limits_);
  const size_t width = jpeg_.image_width;
  const bool cmyk = jpeg_.out_color_space == JCS_CMYK;
  std::vector<uint8_t> scanline(width * (cmyk ? kCmykBytes : kRgbBytes) +
                                kOffAlignment);
  std::vector<uint8_t> converted(cmyk ? width * kRgbBytes : 0);
  uint8_t* const input = scanline.data() + kOffAlignment;
  uint8_t* const rgb = cmyk ? converted.data() : input;
  const bool read = trap_.Run([&] {
    jpeg_start_decompress(&jpeg_);
    PushScanlines(sink, input, rgb);
  });
  return read ? ReadToTheEnd() : Refused();
}

absl::Status JpegReader::ReadToTheEnd() {
  if (trap_.Run([this] { jpeg_finish_decompress(&jpeg_); })) {
    return absl::OkStatus();
  }
  if (absl::Status status = Refused(); !absl::IsInvalidArgument(status)) {
    return status;
  }
  if (errors_.msg_code == JERR_INPUT_EOF) {
    damage_.Add(Damage::kNoEnd);
    return absl::OkStatus();
  }
  // What broke may have been the picture's own data.
  if (damage_.Has(Damage::kMissingData) || damage_.Has(Damage::kCorruptData)) {
    return Refused();
  }
  damage_.Add(Damage::kAfterPicture);
  return absl::OkStatus();
}

void JpegReader::PushScanlines(RowSink& sink, uint8_t* scanline, uint8_t* rgb) {
  const PixelRegion needed = sink.needed();
  const bool skips = !SmoothsBlocks();
  const int first_column = skips ? SkipColumns(needed) : 0;
  if (skips) SkipRowsBefore(needed.top - kMargin);
  const uint8_t* const needed_part =
      rgb + static_cast<size_t>(needed.left - first_column) * kRgbBytes;
  while (OutputRow() < needed.bottom) {
    const bool is_needed = OutputRow() >= needed.top;
    jpeg_read_scanlines(&jpeg_, &scanline, 1);
    if (!is_needed) continue;
    if (rgb != scanline) InvertedCmykToRgb(scanline, jpeg_.output_width, rgb);
    sink.PushRow(needed_part);
  }
  // Were the last row skipped, the library would not read the rest of the file.
  if (skips) SkipRowsBefore(static_cast<int>(jpeg_.output_height) - 1);
  while (jpeg_.output_scanline < jpeg_.output_height) {
    jpeg_read_scanlines(&jpeg_, &scanline, 1);
  }
}

bool JpegReader::SmoothsBlocks() const {
  if (jpeg_.coef_bits == nullptr) return false;
  return std::any_of(jpeg_.coef_bits, jpeg_.coef_bits + jpeg_.num_components,
                     [](const auto& missing_bits) {
                       return std::any_of(
                           std::begin(missing_bits),
                           std::begin(missing_bits) + kSmoothedCoefficients,
                           [](int bits) { return bits != 0; });
                     });
}

int JpegReader::SkipColumns(const PixelRegion& needed) {
  const int width = static_cast<int>(jpeg_.output_width);
  const int begin = std::max(0, needed.left - kMargin);
  const int end = std::min(width, needed.right + kMargin);
  auto first = static_cast<JDIMENSION>(begin);
  auto count = static_cast<JDIMENSION>(end - begin);
  jpeg_crop_scanline(&jpeg_, &first, &count);
  return static_cast<int>(first);
}

void JpegReader::SkipRowsBefore(int row) {
  const int pixels =
      jpeg_.arith_code != FALSE ? kArithmeticPixelsAtOnce : kPixelsAtOnce;
  const int rows_at_once =
      pixels / static_cast<int>(jpeg_.output_width) / kRowsAtOnce * kRowsAtOnce;
  while (OutputRow() < row) {
    const int rows =
        std::min(row - OutputRow(), std::max(rows_at_once, kRowsAtOnce));
    jpeg_skip_scanlines(&jpeg_, static_cast<JDIMENSION>(rows));
    StopIfAsked();
  }
}

int64_t JpegReader::ScanPixels() const {
  const PictureSize size{static_cast<int>(jpeg_.image_width),
                         static_cast<int>(jpeg_.image_height)};
  return WorkOfScan(size, jpeg_.arith_code != FALSE);
}

absl::Status JpegReader::Refused() const {
  switch (refusal_) {
    case Refusal::kTooManyScans:
      return CheckScans(jpeg_.input_scan_number, ScanPixels(), limits_);
    case Refusal::kStopped:
      return absl::CancelledError();
    case Refusal::kByLibrary:
      break;
  }
  switch (errors_.msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:  // Beyond the variable JPEGMEM.
      return errors::OutOfMemory();
    case JERR_ARITH_NOTIMPL:
      return Unsupported("an arithmetic-coded JPEG");
    default:
      break;
  }
  char message[JMSG_LENGTH_MAX] = {};
  auto* common = reinterpret_cast<j_common_ptr>(
      const_cast<jpeg_decompress_struct*>(&jpeg_));
  errors_.format_message(common, message);
  return DecodeFailed(absl::StrCat("JPEG: ", message));
}

}  // namespace wanwu::image
