#pragma once

#include <cstddef>

#include "server/model/trunk/winograd.h"

// The part of a Winograd convolution that runs on vectors.
namespace wanwu::model::trunk {

// Elements of a transformed tile.
constexpr int WinogradElements(WinogradTile tile) {
  const int side = static_cast<int>(tile) + 2;
  return side * side;
}

constexpr int WinogradTiles(const WinogradLayer& layer) {
  const int side = static_cast<int>(layer.tile);
  return ((layer.target.height + side - 1) / side) *
         ((layer.target.width + side - 1) / side);
}

// Output channels that lie together in packed weights, which are
// [elements, out_channels / panel, in_channels, panel]: what two of this CPU's
// vectors hold.
size_t WinogradPanel();

// Some of the tiles of a batch, counted through all pictures.
struct WinogradBlock {
  const WinogradLayer& layer;
  const float* weights;
  const float* bias;
  const float* source;
  float* target;
  // elements × count × (in_channels + out_channels) floats.
  float* scratch;
  int first;
  int count;
};
void RunWinogradBlock(const WinogradBlock& block);

}  // namespace wanwu::model::trunk
