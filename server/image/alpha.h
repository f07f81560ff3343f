#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace wanwu::image {

// From four bytes for each pixel to three; `rgb` may be where `rgba` is.
inline void DropAlpha(const uint8_t* rgba, size_t pixels, uint8_t* rgb) {
  for (size_t i = 0; i < pixels; ++i, rgba += 4, rgb += 3) {
    std::memmove(rgb, rgba, 3);
  }
}

}  // namespace wanwu::image
