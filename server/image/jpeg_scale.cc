#include "server/image/jpeg_scale.h"

namespace wanwu::image {
namespace {

// A picture decoded at less than its size has this many times the pixels that
// are needed along each side, so that the resize still weighs several of them.
constexpr int kFastOversampling = 2;

constexpr unsigned kEighths = 8;
// Beyond, parts of some reduced pictures differ from the whole.
constexpr int kMostCommonSampling = 2;

}  // namespace

int LeastShorterSide(const TensorSpec& spec, JpegDecode decode) {
  return decode == JpegDecode::kFast
             ? kFastOversampling * spec.resize_shorter_side
             : kNeverReduce;
}

unsigned EighthsToDecode(int shorter_side, int most_sampling,
                         int least_shorter_side) {
  if (least_shorter_side == kNeverReduce ||
      most_sampling > kMostCommonSampling) {
    return kEighths;
  }
  // The others have no vector code in libjpeg-turbo.
  for (const unsigned eighths : {1U, 2U, 4U}) {
    const unsigned reduced =
        static_cast<unsigned>(shorter_side) * eighths / kEighths;
    if (static_cast<int>(reduced) >= least_shorter_side) return eighths;
  }
  return kEighths;
}

}  // namespace wanwu::image
