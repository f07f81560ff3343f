// A JPEG of 500 x 375 to a tensor.

#include <cstdlib>

#include "server/image/decode.h"
#include "tests/bench/instructions/counted_run.h"
#include "tests/server/image/sample_pictures.h"

int main() {
  using namespace wanwu::image;
  const auto encoded = testing::MakeJpeg({.width = 500,
                                          .height = 375,
                                          .horizontal_sampling = 2,
                                          .vertical_sampling = 2});
  wanwu::bench::RunCounted(2, 3, [&] {
    const auto tensor =
        DecodePicture(ByteChain(encoded), TensorSpec{}, DecodeOptions{});
    if (!tensor.ok()) std::abort();
  });
}
