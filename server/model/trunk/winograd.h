#pragma once

#include <cstddef>

#include "server/model/trunk/layers.h"

// Convolutions of 3 × 3 in float32 by Winograd's minimal filtering, F(2×2, 3×3)
// and F(4×4, 3×3) of Lavin and Gray, "Fast Algorithms for Convolutional Neural
// Networks" (2015): tiles of the source and the weights are transformed, so
// that products of matrices, one for each element of a tile, take the place of
// the sums over the kernel; the results are transformed back. Activations are
// [N,H,W,C]. Everything here is thread-safe.
namespace wanwu::model::trunk {

// Outputs of a tile at each side. 2: 2.25 times fewer products than directly
// and 1.8 times the weights; 4: 4 times fewer, 4 times the weights, and a digit
// less of precision.
enum class WinogradTile { k2 = 2, k4 = 4 };

// Float32 with a stride of 1, one group and no curve, and channels enough to
// fill vectors.
bool FitsWinograd(const Layer& layer);

// A convolution that fits, over activations of these shapes.
struct WinogradLayer {
  WinogradTile tile = WinogradTile::k4;
  Activation source;
  Activation target;
  // Before the first row and column; those behind the last follow.
  int top = 0;
  int left = 0;
  Clip clip = kNoClip;
  // Adds to what lies in the target, before the clip.
  bool sums = false;
};
WinogradLayer MakeWinogradLayer(const Trunk& trunk, const Layer& layer,
                                WinogradTile tile);

// What follows are numbers of floats.

size_t WinogradWeightsSize(const Convolution& convolution, WinogradTile tile);

// For the CPU that this runs on.
void PackWinogradWeights(const Convolution& convolution, WinogradTile tile,
                         float* packed);

// For as many of OpenMP's threads as the caller has.
size_t WinogradScratchSize(const WinogradLayer& layer, int batch);

// All but `source` are aligned to 64 bytes; the contents of `scratch` are
// nobody's. With as many of OpenMP's threads as the caller has.
void RunWinograd(const WinogradLayer& layer, int batch, const float* weights,
                 const float* bias, const float* source, float* target,
                 float* scratch);

}  // namespace wanwu::model::trunk
