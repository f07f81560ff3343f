#pragma once

#include <cstddef>
#include <cstdint>

namespace wanwu::gateway {

// What one request may bring, whichever way it does.
struct RequestLimits {
  // Encoded bytes of one picture.
  std::size_t max_image_bytes = 16 << 20;

  int max_pictures = 1000;

  std::uint64_t max_form_bytes = std::uint64_t{1} << 30;
  std::size_t max_json_bytes = 32 << 20;
  int max_json_depth = 16;
};

}  // namespace wanwu::gateway
