#pragma once

#include <functional>
#include <utility>

namespace wanwu::pipeline {

// The right to have one decoded picture wait for a lane, given back on
// destruction, on any thread.
class DecodeCredit {
 public:
  DecodeCredit() = default;
  explicit DecodeCredit(std::function<void()> give_back)
      : give_back_(std::move(give_back)) {}
  DecodeCredit(DecodeCredit&& other) noexcept
      : give_back_(std::exchange(other.give_back_, nullptr)) {}
  DecodeCredit& operator=(DecodeCredit&& other) noexcept {
    if (this != &other) {
      Release();
      give_back_ = std::exchange(other.give_back_, nullptr);
    }
    return *this;
  }
  ~DecodeCredit() { Release(); }

  void Release() {
    if (const auto give_back = std::exchange(give_back_, nullptr)) give_back();
  }

 private:
  std::function<void()> give_back_;
};

}  // namespace wanwu::pipeline
