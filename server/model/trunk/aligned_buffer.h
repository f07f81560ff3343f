#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace wanwu::model::trunk {

struct FreeDeleter {
  void operator()(void* memory) const { std::free(memory); }
};
using AlignedBuffer = std::unique_ptr<std::byte[], FreeDeleter>;

// Throws std::bad_alloc.
inline AlignedBuffer AllocateAligned(size_t bytes) {
  // A cache line, and AVX-512's width.
  constexpr size_t kAlignment = 64;
  const size_t whole = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  auto* buffer = static_cast<std::byte*>(std::aligned_alloc(kAlignment, whole));
  if (buffer == nullptr) throw std::bad_alloc();
  return AlignedBuffer(buffer);
}

}  // namespace wanwu::model::trunk
