#include "server/image/raw_picture.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

using std::chrono::nanoseconds;

static_assert(std::endian::native == std::endian::little);

// Nanoseconds per value, as decode_time.cc: copied, unpacked, or copied,
// checked and brought into the model's form.
double TimePerValue(PictureForm form) {
  switch (form) {
    case PictureForm::kVarintPixels:
      return 2;
    case PictureForm::kNormalised:
      return 1.5;
    default:
      return 0.1;
  }
}

absl::Status WrongSize(size_t bytes, const std::string& wanted) {
  return errors::FieldInvalid(
      "inputs", absl::StrCat(bytes),
      absl::StrCat("a picture has ", bytes, " bytes; it must have ", wanted),
      wanted);
}

absl::Status CheckBytes(size_t bytes, PictureForm form,
                        const TensorSpec& spec) {
  const size_t wanted = BytesOf(form, spec);
  if (MayBeLonger(form)) {
    return bytes >= wanted ? absl::OkStatus()
                           : WrongSize(bytes, absl::StrCat(wanted, " or more"));
  }
  return bytes == wanted ? absl::OkStatus()
                         : WrongSize(bytes, absl::StrCat(wanted));
}

// False unless each value is a byte and there are exactly as many.
bool UnpackVarints(const ByteChain& bytes, std::span<uint8_t> values) {
  constexpr uint64_t kMostByte = 255;
  constexpr unsigned kMostShift = 63;
  uint64_t value = 0;
  unsigned shift = 0;
  size_t done = 0;
  for (const ByteChain::Piece& piece : bytes.pieces()) {
    for (const uint8_t byte : piece) {
      if (shift > kMostShift) return false;
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) != 0) continue;
      if (value > kMostByte || done == values.size()) return false;
      values[done++] = static_cast<uint8_t>(value);
      value = 0;
      shift = 0;
    }
  }
  return done == values.size() && shift == 0;
}

// Also false for what is not a number.
bool AllWithinRange(std::span<const float> values) {
  size_t within = 0;
  for (const float value : values) {
    within += value >= -kMostNormalised && value <= kMostNormalised ? 1 : 0;
  }
  return within == values.size();
}

std::span<uint8_t> AsBytes(std::vector<float>& values) {
  return {reinterpret_cast<uint8_t*>(values.data()),
          values.size() * sizeof(float)};
}

absl::StatusOr<PixelTensor> Read(const ByteChain& bytes, PictureForm form,
                                 const TensorSpec& spec) {
  PixelTensor tensor{.width = spec.width, .height = spec.height};
  ChainCursor cursor(bytes);
  if (form == PictureForm::kNormalised) {
    tensor.normalised.resize(ValuesOf(spec));
    const bool read = cursor.Read(AsBytes(tensor.normalised));
    if (read && AllWithinRange(tensor.normalised)) return tensor;
    return DecodeFailed(absl::StrCat(
        "the tensor holds values that are not normalised pixels: they must be "
        "numbers between -",
        kMostNormalised, " and ", kMostNormalised));
  }
  tensor.values.resize(ValuesOf(spec));
  const bool read = form == PictureForm::kVarintPixels
                        ? UnpackVarints(bytes, tensor.values)
                        : cursor.Read(tensor.values);
  if (read) return tensor;
  return DecodeFailed("the pixels hold values that are not 0 to 255");
}

}  // namespace

size_t ValuesOf(const TensorSpec& spec) {
  return static_cast<size_t>(spec.width) * static_cast<size_t>(spec.height) * 3;
}

size_t BytesOf(PictureForm form, const TensorSpec& spec) {
  const size_t values = ValuesOf(spec);
  return form == PictureForm::kNormalised ? values * sizeof(float) : values;
}

absl::StatusOr<PictureProbe> ProbeRaw(const ByteChain& bytes, PictureForm form,
                                      const TensorSpec& spec) {
  absl::Status status = CheckBytes(bytes.size(), form, spec);
  if (!status.ok()) return status;
  const double time = TimePerValue(form) * static_cast<double>(ValuesOf(spec));
  return PictureProbe{.kind = form == PictureForm::kNormalised
                                  ? DecodeKind::kNormalised
                                  : DecodeKind::kPixels,
                      .size = {spec.width, spec.height},
                      .decode_time = nanoseconds(static_cast<int64_t>(time))};
}

absl::StatusOr<PixelTensor> ReadRaw(const ByteChain& bytes, PictureForm form,
                                    const TensorSpec& spec) {
  absl::Status status = CheckBytes(bytes.size(), form, spec);
  if (!status.ok()) return status;
  try {
    return Read(bytes, form, spec);
  } catch (const std::bad_alloc&) {
    return errors::OutOfMemory();
  }
}

}  // namespace wanwu::image
