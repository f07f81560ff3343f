#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <utility>

namespace wanwu::rpc {

// Counts the calls whose coroutine exists, from the posted request to the end
// of its last operation. Thread-safe.
class LiveCalls {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Stage {
    kPosted,     // no caller has come yet
    kReceiving,  // its message has not come whole
    kAnswering,
  };

  // Held by a call's coroutine; declare it first, so that it ends last.
  class Token {
   public:
    explicit Token(LiveCalls& calls) : calls_(calls) { calls_.Add(stage_, 1); }
    ~Token() { calls_.Add(stage_, -1); }
    Token(const Token&) = delete;
    Token& operator=(const Token&) = delete;

    void Enter(Stage stage) {
      calls_.Move(std::exchange(stage_, stage), stage);
    }

   private:
    LiveCalls& calls_;
    Stage stage_ = Stage::kPosted;
  };

  // After the gRPC server's shutdown, which ends them all. Nothing may be
  // started on a completion queue after its shutdown, so that waits for this.
  void WaitUntilNone() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] {
      return std::ranges::all_of(counts_, [](int count) { return count == 0; });
    });
  }

  // False if some still are at `deadline`.
  bool WaitUntilNoneReceives(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(
        lock, deadline, [this] { return Count(Stage::kReceiving) == 0; });
  }

  // Until none has been answering for as long as `quiet`. False if one still
  // is at `deadline`.
  bool WaitUntilAllAnswered(std::chrono::milliseconds quiet,
                            TimePoint deadline) {
    const auto some = [this] { return Count(Stage::kAnswering) > 0; };
    std::unique_lock lock(mutex_);
    do {
      if (!changed_.wait_until(lock, deadline, [&] { return !some(); })) {
        return false;
      }
    } while (changed_.wait_for(lock, quiet, some));
    return true;
  }

 private:
  int& Count(Stage stage) { return counts_[static_cast<size_t>(stage)]; }

  void Add(Stage stage, int change) {
    const std::lock_guard lock(mutex_);
    Count(stage) += change;
    changed_.notify_all();
  }

  void Move(Stage from, Stage to) {
    const std::lock_guard lock(mutex_);
    --Count(from);
    ++Count(to);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::array<int, 3> counts_{};
};

}  // namespace wanwu::rpc
