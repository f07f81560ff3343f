#include "tests/support/poller_memory.h"

#include <pthread.h>

#include <cstdlib>
#include <new>
#include <string_view>

namespace {

bool Refused(size_t size) {
  const size_t limit = wanwu::test_support::poller_limit.load();
  const size_t refused = wanwu::test_support::poller_refused.load();
  const bool too_large = limit != 0 && size > limit;
  const bool is_refused = refused != 0 && size == refused;
  if (!too_large && !is_refused) return false;
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return std::string_view(name) == "wanwu-poller";
}

}  // namespace

// Not inlined, or GCC takes the pair of malloc and free for a mismatch.
[[gnu::noinline]] void* operator new(size_t size) {
  void* memory = Refused(size) ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void* operator new(size_t size,
                                     const std::nothrow_t&) noexcept {
  return Refused(size) ? nullptr : std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, size_t /*size*/) noexcept {
  std::free(memory);
}
