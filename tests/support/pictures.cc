#include "tests/support/pictures.h"

#include <png.h>
#include <zlib.h>

#include <stdexcept>
#include <utility>

#include "tests/support/gate.h"

namespace wanwu::test_support {
namespace {

constexpr int kSide = 8;
// Tells a picture from one that was damaged on the way.
constexpr uint8_t kBlue = 77;

Bytes MakePng(int id, int side) {
  const auto pixels = static_cast<size_t>(side) * static_cast<size_t>(side);
  Bytes rgb;
  for (size_t i = 0; i < pixels; ++i) {
    rgb.push_back(static_cast<uint8_t>(id >> 8));
    rgb.push_back(static_cast<uint8_t>(id & 0xff));
    rgb.push_back(kBlue);
  }
  png_image image = {};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(side);
  image.height = static_cast<png_uint_32>(side);
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  Bytes png(size);
  if (png_image_write_to_memory(&image, png.data(), &size, 0, rgb.data(), 0,
                                nullptr) == 0) {
    throw std::runtime_error(image.message);
  }
  png.resize(size);
  return png;
}

}  // namespace

Bytes PictureOf(int id) { return MakePng(id, kSide); }

Bytes BrokenPicture() {
  Bytes png = PictureOf(0);
  // Half of what follows the header.
  png.resize(33 + (png.size() - 33) / 2);
  return png;
}

Bytes DamagedPictureOf(int id) {
  constexpr size_t kEndBytes = 12;
  Bytes png = PictureOf(id);
  png.resize(png.size() - kEndBytes);
  return png;
}

Bytes BulkyPictureOf(int id, int bytes) {
  Bytes png = PictureOf(id);
  const auto payload = static_cast<uint32_t>(bytes);
  // A private, ignorable chunk behind the header, which ends at byte 33.
  Bytes chunk;
  const auto append_number = [&chunk](uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      chunk.push_back(static_cast<uint8_t>(number >> shift));
    }
  };
  append_number(payload);
  for (const char letter : {'w', 'a', 'N', 'w'}) {
    chunk.push_back(static_cast<uint8_t>(letter));
  }
  chunk.resize(chunk.size() + payload, 0x5a);
  uLong crc = crc32(0, nullptr, 0);
  crc = crc32(crc, chunk.data() + 4, static_cast<uInt>(chunk.size() - 4));
  append_number(static_cast<uint32_t>(crc));
  png.insert(png.begin() + 33, chunk.begin(), chunk.end());
  return png;
}

int IdOf(const image::PixelTensor& tensor) {
  const Bytes& values =
      tensor.prepared.empty() ? tensor.values : tensor.prepared;
  for (size_t i = 0; i < values.size(); i += 3) {
    if (values[i] != values[0] || values[i + 1] != values[1] ||
        values[i + 2] != kBlue) {
      return -1;
    }
  }
  return values.empty() ? -1 : values[0] << 8 | values[1];
}

pipeline::EncodedPicture Encoded(Bytes bytes) {
  const auto owner = std::make_shared<const Bytes>(std::move(bytes));
  return {image::ByteChain(*owner), owner, owner->size()};
}

pipeline::EncodedPicture Encoded(Bytes bytes, Counter& released) {
  const std::shared_ptr<const Bytes> owner(new Bytes(std::move(bytes)),
                                           [&released](const Bytes* held) {
                                             delete held;
                                             released.Add();
                                           });
  return {image::ByteChain(*owner), owner, owner->size()};
}

}  // namespace wanwu::test_support
