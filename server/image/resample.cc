#include "server/image/resample.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "server/image/resample_scalar.h"
#include "server/image/tap_tables.h"

// Highway compiles this file once for each kind of CPU and chooses at run time.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "server/image/resample.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace wanwu::image::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

using scalar::ResampleAlongRow;
using scalar::ResampleDownColumns;

#else

namespace hn = hwy::HWY_NAMESPACE;

constexpr int kTaps = AxisKernel::kTapsAtOnce;

// A block of four numbers, of which the fourth is not used, for each of one,
// two or four outputs. Vectors of unknown length hold one.
constexpr size_t kBlockLanes = kBlockBytes / sizeof(int32_t);
using Sums = hn::CappedTag<int32_t, kBlockLanes*(HWY_HAVE_SCALABLE ? 1 : 4)>;
using SumBytes = hn::Repartition<uint8_t, Sums>;
constexpr int kOutputs = hn::MaxLanes(Sums()) / kBlockLanes;

// 16 bytes for each output, from the offset of each.
template <class D>
HWY_INLINE hn::Vec<D> LoadBlocks(D d, const uint8_t* data, const int* offsets) {
  constexpr size_t kBlocks = hn::MaxLanes(d) / kBlockBytes;
  if constexpr (kBlocks == 1) {
    return hn::LoadU(d, data + *offsets);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, LoadBlocks(half, data, offsets + kBlocks / 2),
                       LoadBlocks(half, data, offsets));
  }
}

// Adds four taps of each output.
HWY_INLINE hn::Vec<Sums> AddTaps(hn::Vec<SumBytes> pixels,
                                 hn::Vec<SumBytes> weights,
                                 hn::Vec<Sums> sums) {
  const SumBytes bytes;
  const Sums d;
  for (size_t tap = 0; tap < kPixelTable.size(); ++tap) {
    const auto pixel = hn::TableLookupBytesOr0(
        pixels, hn::LoadDup128(bytes, kPixelTable[tap].data()));
    const auto weight = hn::TableLookupBytes(
        weights, hn::LoadDup128(bytes, kWeightTable[tap].data()));
    sums =
        hn::Add(sums, hn::Mul(hn::BitCast(d, pixel), hn::BitCast(d, weight)));
  }
  return sums;
}

HWY_INLINE void StorePixels(hn::Vec<Sums> sums, uint8_t* out) {
  const hn::Rebind<uint8_t, Sums> bytes;
  HWY_ALIGN uint8_t blocks[kOutputs * kBlockLanes];
  hn::Store(
      hn::DemoteTo(bytes, hn::ShiftRight<AxisKernel::kFractionBits>(sums)),
      bytes, blocks);
  for (int i = 0; i < kOutputs; ++i) {
    std::memcpy(out + i * kChannels, blocks + i * kBlockLanes, kChannels);
  }
}

// From where the sums of some outputs take their bytes.
struct Sources {
  int pixels[kOutputs];
  int weights[kOutputs];
};

HWY_INLINE Sources SourcesOf(const AxisKernel& kernel, int index) {
  const int row = kernel.padded_taps() * static_cast<int>(sizeof(int32_t));
  Sources sources;
  for (int i = 0; i < kOutputs; ++i) {
    const int first = kernel.taps(index + i).first;
    sources.pixels[i] = (first - kernel.source_begin()) * kChannels;
    sources.weights[i] = i * row;
  }
  return sources;
}

HWY_INLINE void ResamplePixels(const AxisKernel& kernel, int index,
                               const uint8_t* row, uint8_t* out) {
  const Sources sources = SourcesOf(kernel, index);
  const SumBytes bytes;
  const auto* weights =
      reinterpret_cast<const uint8_t*>(kernel.taps(index).weights.data());
  auto sums = hn::Set(Sums(), kRoundingHalf);
  for (int tap = 0; tap < kernel.padded_taps(); tap += kTaps) {
    sums = AddTaps(LoadBlocks(bytes, row, sources.pixels),
                   LoadBlocks(bytes, weights, sources.weights), sums);
    row += kTaps * kChannels;
    weights += kTaps * sizeof(int32_t);
  }
  StorePixels(sums, out);
}

// Outputs [begin, end), for which the sums read nothing beyond the row.
struct OutputRange {
  int begin = 0;
  int end = 0;
};

HWY_INLINE OutputRange OutputsWithin(const AxisKernel& kernel) {
  const int read_bytes =
      (kernel.padded_taps() - kTaps) * kChannels + kBlockBytes;
  const int row_end = kernel.source_end() * kChannels;
  const auto reads_beyond = [&](int index) {
    return kernel.taps(index).first * kChannels + read_bytes > row_end;
  };
  // The first outputs of a mirrored kernel lie at the end of the row.
  OutputRange outputs{0, kernel.size()};
  while (outputs.begin < outputs.end && reads_beyond(outputs.begin)) {
    ++outputs.begin;
  }
  while (outputs.begin < outputs.end && reads_beyond(outputs.end - 1)) {
    --outputs.end;
  }
  return outputs;
}

void ResampleAlongRow(const AxisKernel& kernel, const uint8_t* row,
                      uint8_t* out) {
  const OutputRange outputs = OutputsWithin(kernel);
  int i = outputs.begin;
  for (; i + kOutputs <= outputs.end; i += kOutputs) {
    ResamplePixels(kernel, i, row, out + i * kChannels);
  }
  for (; i < kernel.size(); ++i) {
    scalar::ResamplePixel(kernel, i, row, out + i * kChannels);
  }
  for (i = 0; i < outputs.begin; ++i) {
    scalar::ResamplePixel(kernel, i, row, out + i * kChannels);
  }
}

// Bytes [at, at + 4 * Lanes) of the output.
HWY_INLINE void ResampleBytes(const WeightedRows& in, size_t at, uint8_t* out) {
  const hn::ScalableTag<int32_t> d;
  const hn::Rebind<uint8_t, decltype(d)> bytes;
  const size_t lanes = hn::Lanes(d);
  const auto half = hn::Set(d, kRoundingHalf);
  auto sum0 = half;
  auto sum1 = half;
  auto sum2 = half;
  auto sum3 = half;
  for (size_t tap = 0; tap < in.rows.size(); ++tap) {
    const uint8_t* const row = in.rows[tap] + at;
    const auto weight = hn::Set(d, in.weights[tap]);
    const auto product = [&](size_t vector) HWY_ATTR {
      const auto values = hn::LoadU(bytes, row + vector * lanes);
      return hn::Mul(hn::PromoteTo(d, values), weight);
    };
    sum0 = hn::Add(sum0, product(0));
    sum1 = hn::Add(sum1, product(1));
    sum2 = hn::Add(sum2, product(2));
    sum3 = hn::Add(sum3, product(3));
  }
  const auto store = [&](size_t vector, auto sum) HWY_ATTR {
    const auto value = hn::ShiftRight<AxisKernel::kFractionBits>(sum);
    hn::StoreU(hn::DemoteTo(bytes, value), bytes, out + at + vector * lanes);
  };
  store(0, sum0);
  store(1, sum1);
  store(2, sum2);
  store(3, sum3);
}

void ResampleDownColumns(const WeightedRows& in, std::span<uint8_t> out) {
  const size_t step = 4 * hn::Lanes(hn::ScalableTag<int32_t>());
  if (out.size() < step) {
    scalar::ResampleDownColumns(in, out);
    return;
  }
  // The last step may do some bytes again.
  const size_t last = out.size() - step;
  for (size_t at = 0; at < last; at += step) ResampleBytes(in, at, out.data());
  ResampleBytes(in, last, out.data());
}

#endif

}  // namespace
}  // namespace wanwu::image::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace wanwu::image {

HWY_EXPORT(ResampleAlongRow);
HWY_EXPORT(ResampleDownColumns);

void ResampleAlongRow(const AxisKernel& kernel, const uint8_t* row,
                      uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ResampleAlongRow)(kernel, row, out);
}

void ResampleDownColumns(const WeightedRows& in, std::span<uint8_t> out) {
  HWY_DYNAMIC_DISPATCH(ResampleDownColumns)(in, out);
}

}  // namespace wanwu::image
#endif  // HWY_ONCE
