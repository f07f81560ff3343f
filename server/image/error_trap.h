#pragma once

#include <csetjmp>

namespace wanwu::image {

// Where libjpeg and libpng, which report errors by not returning, come back to.
//
// The danger: a longjmp skips destructors. So only C frames and frames without
// anything to destroy may lie between Run and Spring: callbacks given to the C
// library and the `steps` themselves own nothing, and calls from `steps` into
// C++ that does own something (a sink, say) have returned before the library
// is called again.
class ErrorTrap {
 public:
  // False if Spring was called from within `steps`.
  template <typename Steps>
  [[nodiscard]] bool Run(const Steps& steps) {
    if (setjmp(target_) != 0) return false;
    steps();
    return true;
  }

  [[noreturn]] void Spring() { std::longjmp(target_, 1); }

 private:
  std::jmp_buf target_;
};

}  // namespace wanwu::image
