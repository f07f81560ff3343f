#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace wanwu::pipeline {

// Lets threads that need much memory in only while it fits, in the order in
// which they come. Thread-safe.
class MemoryGate {
 public:
  explicit MemoryGate(int64_t limit) : limit_(limit) {}
  MemoryGate(const MemoryGate&) = delete;
  MemoryGate& operator=(const MemoryGate&) = delete;

  // Held while the memory is in use.
  class Hold {
   public:
    // Waits until `bytes`, at most the limit, are free.
    Hold(MemoryGate& gate, int64_t bytes) : gate_(gate), bytes_(bytes) {
      gate_.Take(bytes_);
    }
    ~Hold() { gate_.GiveBack(bytes_); }
    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

   private:
    MemoryGate& gate_;
    const int64_t bytes_;
  };

  int64_t limit() const { return limit_; }
  int64_t held() const {
    const std::lock_guard lock(mutex_);
    return held_;
  }

 private:
  void Take(int64_t bytes) {
    std::unique_lock lock(mutex_);
    const uint64_t turn = comers_++;
    changed_.wait(lock,
                  [&] { return turn == entered_ && held_ + bytes <= limit_; });
    ++entered_;
    held_ += bytes;
    changed_.notify_all();
  }

  void GiveBack(int64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      held_ -= bytes;
    }
    changed_.notify_all();
  }

  const int64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All below are guarded by mutex_.
  int64_t held_ = 0;
  uint64_t comers_ = 0;
  uint64_t entered_ = 0;
};

}  // namespace wanwu::pipeline
