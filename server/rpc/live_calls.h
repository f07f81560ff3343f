#pragma once

#include <condition_variable>
#include <mutex>

namespace wanwu::rpc {

// Counts the calls whose coroutine exists, from the posted request to the end
// of its last operation. Nothing may be started on a completion queue after
// its shutdown, so that waits for them. Thread-safe.
class LiveCalls {
 public:
  // Held by a call's coroutine; declare it first, so that it ends last.
  class Token {
   public:
    explicit Token(LiveCalls& calls) : calls_(calls) { calls_.Add(1); }
    ~Token() { calls_.Add(-1); }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

   private:
    LiveCalls& calls_;
  };

  // After the gRPC server's shutdown, which ends them all.
  void WaitUntilNone() {
    std::unique_lock lock(mutex_);
    none_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  void Add(int change) {
    const std::lock_guard lock(mutex_);
    count_ += change;
    if (count_ == 0) none_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable none_;
  // Guarded by mutex_.
  int count_ = 0;
};

}  // namespace wanwu::rpc
