#include "server/model/trunk/winograd_tiles.h"

#include <algorithm>
#include <cstddef>

// Highway compiles this file once for each kind of CPU and chooses at run time.
// Vectors of unknown length cannot stand in arrays; where there are such, there
// are others.
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "server/model/trunk/winograd_tiles.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wanwu::model::trunk::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;
using Vector = hn::Vec<Floats>;
constexpr size_t kLanes = hn::MaxLanes(Floats());
constexpr size_t kPanel = 2 * kLanes;

// Tiles that are multiplied at once: as many as registers have room for the
// sums of.
constexpr int kRows = HWY_TARGET <= HWY_AVX3 || HWY_TARGET == HWY_NEON ? 12 : 6;

HWY_INLINE Vector Times(float factor, Vector x) {
  return hn::Mul(hn::Set(Floats(), factor), x);
}

// factor × x + y
HWY_INLINE Vector Plus(float factor, Vector x, Vector y) {
  return hn::MulAdd(hn::Set(Floats(), factor), x, y);
}

// The transforms of one dimension: Enter is the paper's matrix Bᵀ, Leave Aᵀ.
struct Tile2 {
  static constexpr int kOut = 2;
  static constexpr int kIn = 4;

  static HWY_INLINE void Enter(const Vector* x, Vector* y) {
    y[0] = hn::Sub(x[0], x[2]);
    y[1] = hn::Add(x[1], x[2]);
    y[2] = hn::Sub(x[2], x[1]);
    y[3] = hn::Sub(x[1], x[3]);
  }

  static HWY_INLINE void Leave(const Vector* x, Vector* y) {
    y[0] = hn::Add(x[0], hn::Add(x[1], x[2]));
    y[1] = hn::Sub(hn::Sub(x[1], x[2]), x[3]);
  }
};

struct Tile4 {
  static constexpr int kOut = 4;
  static constexpr int kIn = 6;

  static HWY_INLINE void Enter(const Vector* x, Vector* y) {
    y[0] = Plus(4, x[0], Plus(-5, x[2], x[4]));
    const Vector even = Plus(-4, x[2], x[4]);
    const Vector odd = Plus(-4, x[1], x[3]);
    y[1] = hn::Add(even, odd);
    y[2] = hn::Sub(even, odd);
    const Vector near = hn::Sub(x[4], x[2]);
    const Vector far = Times(2, hn::Sub(x[3], x[1]));
    y[3] = hn::Add(near, far);
    y[4] = hn::Sub(near, far);
    y[5] = Plus(4, x[1], Plus(-5, x[3], x[5]));
  }

  static HWY_INLINE void Leave(const Vector* x, Vector* y) {
    const Vector sum1 = hn::Add(x[1], x[2]);
    const Vector difference1 = hn::Sub(x[1], x[2]);
    const Vector sum2 = hn::Add(x[3], x[4]);
    const Vector difference2 = hn::Sub(x[3], x[4]);
    y[0] = hn::Add(x[0], hn::Add(sum1, sum2));
    y[1] = Plus(2, difference2, difference1);
    y[2] = Plus(4, sum2, sum1);
    y[3] = hn::Add(Plus(8, difference2, difference1), x[5]);
  }
};

// Where a tile's outputs begin.
struct Place {
  size_t picture = 0;
  int row = 0;
  int column = 0;
};

template <class Tile>
HWY_INLINE Place PlaceOf(const WinogradLayer& layer, int tile) {
  const int columns = (layer.target.width + Tile::kOut - 1) / Tile::kOut;
  const int rows = (layer.target.height + Tile::kOut - 1) / Tile::kOut;
  return {static_cast<size_t>(tile / (columns * rows)),
          tile / columns % rows * Tile::kOut, tile % columns * Tile::kOut};
}

HWY_INLINE size_t OffsetOf(const Activation& shape, size_t picture, int row,
                           int column) {
  const size_t pixel =
      static_cast<size_t>(row) * static_cast<size_t>(shape.width) +
      static_cast<size_t>(column);
  return picture * static_cast<size_t>(shape.size()) +
         pixel * static_cast<size_t>(shape.channels);
}

// One tile's inputs into [elements, tiles, in_channels], `stride` from element
// to element. Beyond the picture there are zeros.
template <class Tile>
void EnterTile(const WinogradBlock& block, int tile, float* out,
               size_t stride) {
  constexpr int kIn = Tile::kIn;
  const Floats d;
  const WinogradLayer& layer = block.layer;
  const Activation& source = layer.source;
  const Place place = PlaceOf<Tile>(layer, tile);
  const float* pixels[kIn][kIn];
  for (int i = 0; i < kIn; ++i) {
    for (int j = 0; j < kIn; ++j) {
      const int row = place.row + i - layer.top;
      const int column = place.column + j - layer.left;
      const bool inside = row >= 0 && row < source.height && column >= 0 &&
                          column < source.width;
      pixels[i][j] =
          inside ? block.source + OffsetOf(source, place.picture, row, column)
                 : nullptr;
    }
  }
  const auto channels = static_cast<size_t>(source.channels);
  for (size_t channel = 0; channel < channels; channel += kLanes) {
    Vector half[kIn][kIn];
    for (int j = 0; j < kIn; ++j) {
      Vector column[kIn];
      Vector entered[kIn];
      for (int i = 0; i < kIn; ++i) {
        column[i] = pixels[i][j] == nullptr
                        ? hn::Zero(d)
                        : hn::LoadU(d, pixels[i][j] + channel);
      }
      Tile::Enter(column, entered);
      for (int i = 0; i < kIn; ++i) half[i][j] = entered[i];
    }
    float* to = out + channel;
    for (int i = 0; i < kIn; ++i) {
      Vector entered[kIn];
      Tile::Enter(half[i], entered);
      for (int j = 0; j < kIn; ++j, to += stride) {
        hn::StoreU(entered[j], d, to);
      }
    }
  }
}

// One tile's sums, [elements, tiles, out_channels], to where its outputs lie.
template <class Tile>
void LeaveTile(const WinogradBlock& block, int tile, const float* in,
               size_t stride) {
  constexpr int kIn = Tile::kIn;
  constexpr int kOut = Tile::kOut;
  const Floats d;
  const WinogradLayer& layer = block.layer;
  const Activation& target = layer.target;
  const Place place = PlaceOf<Tile>(layer, tile);
  const int rows = std::min(kOut, target.height - place.row);
  const int columns = std::min(kOut, target.width - place.column);
  const Vector lowest = hn::Set(d, layer.clip.lowest);
  const Vector highest = hn::Set(d, layer.clip.highest);
  const auto channels = static_cast<size_t>(target.channels);
  for (size_t channel = 0; channel < channels; channel += kLanes) {
    Vector half[kOut][kIn];
    for (int j = 0; j < kIn; ++j) {
      Vector sums[kIn];
      Vector left[kOut];
      for (int i = 0; i < kIn; ++i) {
        const auto element = static_cast<size_t>(i * kIn + j);
        sums[i] = hn::LoadU(d, in + channel + element * stride);
      }
      Tile::Leave(sums, left);
      for (int i = 0; i < kOut; ++i) half[i][j] = left[i];
    }
    const Vector bias = hn::LoadU(d, block.bias + channel);
    for (int i = 0; i < rows; ++i) {
      Vector left[kOut];
      Tile::Leave(half[i], left);
      float* to = block.target + channel +
                  OffsetOf(target, place.picture, place.row + i, place.column);
      for (int j = 0; j < columns; ++j, to += channels) {
        Vector value = hn::Add(left[j], bias);
        if (layer.sums) value = hn::Add(value, hn::LoadU(d, to));
        value = hn::Min(hn::Max(value, lowest), highest);
        hn::StoreU(value, d, to);
      }
    }
  }
}

// A product of [rows, depth] and a panel [depth, kPanel].
struct Product {
  const float* rows;
  size_t depth;
  const float* panel;
  float* out;
  size_t out_stride;
};

template <int kCount>
HWY_INLINE void MultiplyRows(const Product& product) {
  const Floats d;
  Vector sums[kCount][2];
  for (auto& sum : sums) sum[0] = sum[1] = hn::Zero(d);
  const float* panel = product.panel;
  for (size_t i = 0; i < product.depth; ++i, panel += kPanel) {
    const Vector first = hn::LoadU(d, panel);
    const Vector second = hn::LoadU(d, panel + kLanes);
    for (int row = 0; row < kCount; ++row) {
      const auto at = static_cast<size_t>(row) * product.depth + i;
      const Vector value = hn::Set(d, product.rows[at]);
      sums[row][0] = hn::MulAdd(value, first, sums[row][0]);
      sums[row][1] = hn::MulAdd(value, second, sums[row][1]);
    }
  }
  float* out = product.out;
  for (int row = 0; row < kCount; ++row, out += product.out_stride) {
    hn::StoreU(sums[row][0], d, out);
    hn::StoreU(sums[row][1], d, out + kLanes);
  }
}

// At most kMost rows.
template <int kMost>
HWY_INLINE void MultiplyRest(int count, const Product& product) {
  if (count == kMost) {
    MultiplyRows<kMost>(product);
  } else if constexpr (kMost > 1) {
    MultiplyRest<kMost - 1>(count, product);
  }
}

// [tiles, in_channels] × [in_channels, out_channels] in panels.
void Multiply(const float* in, int tiles, size_t depth, const float* weights,
              float* out, size_t channels) {
  for (size_t channel = 0; channel < channels; channel += kPanel) {
    Product product{in, depth, weights + channel * depth, out + channel,
                    channels};
    int tile = 0;
    for (; tile + kRows <= tiles; tile += kRows) {
      MultiplyRows<kRows>(product);
      product.rows += kRows * depth;
      product.out += kRows * channels;
    }
    MultiplyRest<kRows - 1>(tiles - tile, product);
  }
}

template <class Tile>
void RunBlockOf(const WinogradBlock& block) {
  const auto count = static_cast<size_t>(block.count);
  const auto in_channels = static_cast<size_t>(block.layer.source.channels);
  const auto out_channels = static_cast<size_t>(block.layer.target.channels);
  const size_t entered_stride = count * in_channels;
  const size_t sums_stride = count * out_channels;
  constexpr size_t kElements = size_t{Tile::kIn} * Tile::kIn;
  float* const entered = block.scratch;
  float* const sums = entered + kElements * entered_stride;
  for (size_t i = 0; i < count; ++i) {
    EnterTile<Tile>(block, block.first + static_cast<int>(i),
                    entered + i * in_channels, entered_stride);
  }
  for (size_t element = 0; element < kElements; ++element) {
    Multiply(entered + element * entered_stride, block.count, in_channels,
             block.weights + element * in_channels * out_channels,
             sums + element * sums_stride, out_channels);
  }
  for (size_t i = 0; i < count; ++i) {
    LeaveTile<Tile>(block, block.first + static_cast<int>(i),
                    sums + i * out_channels, sums_stride);
  }
}

void RunBlock(const WinogradBlock& block) {
  if (block.layer.tile == WinogradTile::k2) {
    RunBlockOf<Tile2>(block);
  } else {
    RunBlockOf<Tile4>(block);
  }
}

size_t Panel() { return kPanel; }

}  // namespace
}  // namespace wanwu::model::trunk::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wanwu::model::trunk {

HWY_EXPORT(RunBlock);
HWY_EXPORT(Panel);

void RunWinogradBlock(const WinogradBlock& block) {
  HWY_DYNAMIC_DISPATCH(RunBlock)(block);
}

size_t WinogradPanel() { return HWY_DYNAMIC_DISPATCH(Panel)(); }

}  // namespace wanwu::model::trunk
#endif  // HWY_ONCE
