#pragma once

#include <coroutine>
#include <exception>

namespace wanwu::rpc {

// A coroutine that starts at once and frees itself at its end. The poller that
// it was started on resumes it; nobody waits for it, so it must see to it that
// every operation it started has ended before it does.
//
// GCC 12 destroys temporaries inside a co_await expression twice: name every
// awaitable, and every argument that is not trivial, before awaiting.
struct DetachedTask {
  struct promise_type {
    DetachedTask get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

}  // namespace wanwu::rpc
