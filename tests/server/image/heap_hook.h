#pragma once

#include <cstddef>

// Replaces malloc and its kin, and so operator new, in the program that links
// it, to see and to deny what a thread allocates. Not in sanitizer builds,
// whose own stand there: kHeapHookWorks is false and the functions do nothing.
namespace wanwu::image::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kHeapHookWorks = false;
#else
inline constexpr bool kHeapHookWorks = true;
#endif

// While it lives, of the thread that made it: counts the bytes in use beyond
// those at its beginning, and denies allocations as told. One at a time.
class HeapWatch {
 public:
  struct Denials {
    // The allocation of this number, counted from 0; negative: none.
    long number = -1;
    // All of at least so many bytes.
    size_t from_bytes = static_cast<size_t>(-1);
  };

  HeapWatch() : HeapWatch(Denials()) {}
  explicit HeapWatch(const Denials& denials);
  ~HeapWatch();
  HeapWatch(const HeapWatch&) = delete;
  HeapWatch& operator=(const HeapWatch&) = delete;

  long peak_bytes() const;
  long allocations() const;
  long denied() const;
};

}  // namespace wanwu::image::testing
