#include "tests/server/image/heap_hook.h"

#include <malloc.h>

#include <algorithm>
#include <cerrno>

namespace wanwu::image::testing {
namespace {

struct Account {
  bool is_open = false;
  HeapWatch::Denials denials;
  long bytes = 0;
  long peak = 0;
  long allocations = 0;
  long denied = 0;
};

thread_local constinit Account account;

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

bool MustDeny(size_t bytes) {
  if (!account.is_open) return false;
  const long number = account.allocations++;
  if (number != account.denials.number && bytes < account.denials.from_bytes) {
    return false;
  }
  ++account.denied;
  errno = ENOMEM;
  return true;
}

void* Taken(void* memory) {
  if (account.is_open && memory != nullptr) {
    account.bytes += static_cast<long>(malloc_usable_size(memory));
    account.peak = std::max(account.peak, account.bytes);
  }
  return memory;
}

void GivenBack(void* memory) {
  if (account.is_open && memory != nullptr) {
    account.bytes -= static_cast<long>(malloc_usable_size(memory));
  }
}

#endif

}  // namespace

HeapWatch::HeapWatch(const Denials& denials) {
  account = {.is_open = true, .denials = denials};
}
HeapWatch::~HeapWatch() { account = {}; }
long HeapWatch::peak_bytes() const { return account.peak; }
long HeapWatch::allocations() const { return account.allocations; }
long HeapWatch::denied() const { return account.denied; }

}  // namespace wanwu::image::testing

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

using wanwu::image::testing::GivenBack;
using wanwu::image::testing::MustDeny;
using wanwu::image::testing::Taken;

extern "C" {

// glibc's own, under the names that it keeps for this.
void* __libc_malloc(size_t bytes);
void* __libc_calloc(size_t count, size_t bytes);
void* __libc_realloc(void* memory, size_t bytes);
void* __libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void* memory);

void* malloc(size_t bytes) {
  return MustDeny(bytes) ? nullptr : Taken(__libc_malloc(bytes));
}

void* calloc(size_t count, size_t bytes) {
  return MustDeny(count * bytes) ? nullptr : Taken(__libc_calloc(count, bytes));
}

void* realloc(void* memory, size_t bytes) {
  if (MustDeny(bytes)) return nullptr;
  GivenBack(memory);
  return Taken(__libc_realloc(memory, bytes));
}

void* aligned_alloc(size_t alignment, size_t bytes) {
  return MustDeny(bytes) ? nullptr : Taken(__libc_memalign(alignment, bytes));
}

void free(void* memory) {
  GivenBack(memory);
  __libc_free(memory);
}

}  // extern "C"

#endif
