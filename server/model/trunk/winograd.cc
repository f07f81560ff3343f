#include "server/model/trunk/winograd.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <variant>

#include "server/model/trunk/winograd_tiles.h"

namespace wanwu::model::trunk {
namespace {

constexpr size_t kKernel = 3;

// Of input and output channels, for vectors of 16 floats.
constexpr int kInMultiple = 16;
constexpr int kOutMultiple = 32;

// A multiple of the tiles that are multiplied at once. So few that two lanes'
// blocks leave each other the last cache, and enough that weights are read for
// many of them at once: from 24 to 96 the speed is much the same.
constexpr int kBlockTiles = 36;

// The matrices G of the paper, by row.
constexpr double kWeights2[][kKernel] = {
    {1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
constexpr double kWeights4[][kKernel] = {{1. / 4, 0, 0},
                                         {-1. / 6, -1. / 6, -1. / 6},
                                         {-1. / 6, 1. / 6, -1. / 6},
                                         {1. / 24, 1. / 12, 1. / 6},
                                         {1. / 24, -1. / 12, 1. / 6},
                                         {0, 0, 1}};

// The kernels from one input channel to a panel of output channels, by tap.
constexpr size_t kMostPanel = 32;
using Kernels = std::array<std::array<double, kMostPanel>, kKernel * kKernel>;

// G × kernel × Gᵀ for each of the panel, [side, side] of them, `stride` apart.
template <int kSide>
void TransformKernels(const double (&matrix)[kSide][kKernel],
                      const Kernels& kernels, size_t panel, float* out,
                      size_t stride) {
  for (int row = 0; row < kSide; ++row) {
    const double* const rows = matrix[row];
    std::array<std::array<double, kMostPanel>, kKernel> half;
    for (size_t j = 0; j < kKernel; ++j) {
      for (size_t i = 0; i < panel; ++i) {
        half[j][i] = rows[0] * kernels[j][i] +
                     rows[1] * kernels[kKernel + j][i] +
                     rows[2] * kernels[2 * kKernel + j][i];
      }
    }
    for (int column = 0; column < kSide; ++column, out += stride) {
      const double* const columns = matrix[column];
      for (size_t i = 0; i < panel; ++i) {
        out[i] = static_cast<float>(half[0][i] * columns[0] +
                                    half[1][i] * columns[1] +
                                    half[2][i] * columns[2]);
      }
    }
  }
}

int BlockTiles(const WinogradLayer& layer, int batch) {
  const int tiles = WinogradTiles(layer) * batch;
  const int threads = omp_get_max_threads();
  return std::min(kBlockTiles, (tiles + threads - 1) / threads);
}

size_t BlockScratch(const WinogradLayer& layer, int tiles) {
  return static_cast<size_t>(WinogradElements(layer.tile)) *
         static_cast<size_t>(tiles) *
         static_cast<size_t>(layer.source.channels + layer.target.channels);
}

}  // namespace

bool FitsWinograd(const Layer& layer) {
  const auto* convolution = std::get_if<Convolution>(&layer.kind);
  return convolution != nullptr && !convolution->affine &&
         convolution->kernel == Extent{3, 3} &&
         convolution->stride == Extent{} && convolution->dilation == Extent{} &&
         convolution->groups == 1 && convolution->curve == Curve::kNone &&
         convolution->in_channels % kInMultiple == 0 &&
         convolution->out_channels % kOutMultiple == 0;
}

WinogradLayer MakeWinogradLayer(const Trunk& trunk, const Layer& layer,
                                WinogradTile tile) {
  const auto& convolution = std::get<Convolution>(layer.kind);
  return {.tile = tile,
          .source = trunk.activations[layer.source],
          .target = trunk.activations[layer.target],
          .top = convolution.padding.top,
          .left = convolution.padding.left,
          .clip = convolution.clip,
          .sums = layer.addend.has_value()};
}

size_t WinogradWeightsSize(const Convolution& convolution, WinogradTile tile) {
  return static_cast<size_t>(WinogradElements(tile)) *
         static_cast<size_t>(convolution.in_channels) *
         static_cast<size_t>(convolution.out_channels);
}

void PackWinogradWeights(const Convolution& convolution, WinogradTile tile,
                         float* packed) {
  const auto in_channels = static_cast<size_t>(convolution.in_channels);
  const auto out_channels = static_cast<size_t>(convolution.out_channels);
  const size_t panel = WinogradPanel();
  const size_t stride = in_channels * out_channels;
  const float* const values = convolution.weights->values.data();
  Kernels kernels{};
  for (size_t first = 0; first < out_channels; first += panel) {
    for (size_t in = 0; in < in_channels; ++in, packed += panel) {
      for (size_t i = 0; i < panel; ++i) {
        const size_t from = ((first + i) * in_channels + in) * kernels.size();
        for (size_t tap = 0; tap < kernels.size(); ++tap) {
          kernels[tap][i] = values[from + tap];
        }
      }
      if (tile == WinogradTile::k2) {
        TransformKernels(kWeights2, kernels, panel, packed, stride);
      } else {
        TransformKernels(kWeights4, kernels, panel, packed, stride);
      }
    }
  }
}

size_t WinogradScratchSize(const WinogradLayer& layer, int batch) {
  return BlockScratch(layer, BlockTiles(layer, batch)) *
         static_cast<size_t>(omp_get_max_threads());
}

void RunWinograd(const WinogradLayer& layer, int batch, const float* weights,
                 const float* bias, const float* source, float* target,
                 float* scratch) {
  const int tiles = WinogradTiles(layer) * batch;
  const int block = BlockTiles(layer, batch);
  const size_t own = BlockScratch(layer, block);
#pragma omp parallel for if (omp_get_max_threads() > 1)
  for (int first = 0; first < tiles; first += block) {
    const auto thread = static_cast<size_t>(omp_get_thread_num());
    RunWinogradBlock({.layer = layer,
                      .weights = weights,
                      .bias = bias,
                      .source = source,
                      .target = target,
                      .scratch = scratch + own * thread,
                      .first = first,
                      .count = std::min(block, tiles - first)});
  }
}

}  // namespace wanwu::model::trunk
