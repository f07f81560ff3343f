#pragma once

#include <cstddef>

namespace wanwu::batching {

// Fixed rather than std::hardware_destructive_interference_size, whose value
// may differ between compiler flags and so between files of one program.
inline constexpr std::size_t kCacheLineBytes = 64;

}  // namespace wanwu::batching
