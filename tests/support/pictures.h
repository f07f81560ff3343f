#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "server/pipeline/classify_job.h"

namespace wanwu::test_support {

using Bytes = std::vector<uint8_t>;

// Ids that a picture can carry: 0 … kMaxPictureId.
inline constexpr int kMaxPictureId = 0xffff;

// A small PNG of one colour, which spells `id`: any resize keeps it.
Bytes PictureOf(int id);

// A PNG whose end is missing, and pixels with it.
Bytes BrokenPicture();

// As PictureOf, but without the PNG's end, which is damage but no error.
Bytes DamagedPictureOf(int id);

// As PictureOf, with `bytes` bytes in a chunk that decoders skip.
Bytes BulkyPictureOf(int id, int bytes);

// The id that a decoded picture carries.
int IdOf(const image::PixelTensor& tensor);

// A picture as a job takes it, which owns its bytes.
pipeline::EncodedPicture Encoded(Bytes bytes);

// The same, but tells `released` when the bytes are no longer held.
class Counter;
pipeline::EncodedPicture Encoded(Bytes bytes, Counter& released);

}  // namespace wanwu::test_support
