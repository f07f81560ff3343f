#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace wanwu::rpc {

// A part of a coroutine that several share: starts when it is awaited and goes
// on with who awaits it when it ends. See DetachedTask for GCC 12:
//   auto receiving = call.Receive();
//   const Result result = co_await receiving;
template <typename T = void>
class [[nodiscard]] Subtask;

namespace internal {

struct SubtaskPromiseBase {
  struct GoOn {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(
        std::coroutine_handle<Promise> ended) noexcept {
      return ended.promise().waiter;
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  GoOn final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { std::terminate(); }

  std::coroutine_handle<> waiter;
};

template <typename T>
struct SubtaskPromise : SubtaskPromiseBase {
  Subtask<T> get_return_object() noexcept;
  void return_value(T returned) noexcept { value = std::move(returned); }
  T Take() noexcept { return std::move(value); }

  T value{};
};

template <>
struct SubtaskPromise<void> : SubtaskPromiseBase {
  Subtask<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void Take() noexcept {}
};

}  // namespace internal

template <typename T>
class [[nodiscard]] Subtask {
 public:
  using promise_type = internal::SubtaskPromise<T>;

  explicit Subtask(std::coroutine_handle<promise_type> part) : part_(part) {}
  Subtask(const Subtask&) = delete;
  Subtask& operator=(const Subtask&) = delete;
  ~Subtask() { part_.destroy(); }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(
      std::coroutine_handle<> waiter) noexcept {
    part_.promise().waiter = waiter;
    return part_;
  }
  T await_resume() noexcept { return part_.promise().Take(); }

 private:
  const std::coroutine_handle<promise_type> part_;
};

namespace internal {

template <typename T>
Subtask<T> SubtaskPromise<T>::get_return_object() noexcept {
  return Subtask<T>(std::coroutine_handle<SubtaskPromise>::from_promise(*this));
}

inline Subtask<void> SubtaskPromise<void>::get_return_object() noexcept {
  return Subtask<void>(
      std::coroutine_handle<SubtaskPromise>::from_promise(*this));
}

}  // namespace internal

}  // namespace wanwu::rpc
