// The rows of a picture of 500 x 375 to a tensor.

#include <cstdint>
#include <vector>

#include "server/image/crop_resizer.h"
#include "tests/bench/instructions/counted_run.h"

int main() {
  using namespace wanwu::image;
  const PictureSize size{500, 375};
  const std::vector<uint8_t> row(static_cast<size_t>(size.width) * 3, 99);
  wanwu::bench::RunCounted(2, 3, [&] {
    CropResizer resizer({size, size}, TensorSpec{});
    const int rows = resizer.needed().height();
    for (int y = 0; y < rows; ++y) resizer.PushRow(row.data());
  });
}
