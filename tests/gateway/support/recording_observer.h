#pragma once

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/http/exchange_observer.h"

namespace wanwu::test {

// Keeps what it is told, and lets tests wait for it. Thread-safe.
class RecordingObserver final : public gateway::ExchangeObserver {
 public:
  struct Told {
    std::string route;
    int status = 0;
    absl::Status error = {};
  };

  void OnExchange(const gateway::Exchange& exchange, std::string_view route,
                  std::chrono::steady_clock::duration /*duration*/) override {
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(
        {std::string(route), exchange.status(), exchange.error()});
    changed_.notify_all();
  }

  void OnRefused(int status) override {
    const std::lock_guard lock(mutex_);
    refused_.push_back(status);
    changed_.notify_all();
  }

  void OnConnections(int open) override {
    const std::lock_guard lock(mutex_);
    open_ = open;
    most_ = std::max(most_, open);
    changed_.notify_all();
  }

  // Blocks until that many exchanges have ended; gives the last.
  Told AwaitExchanges(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return exchanges_.size() >= count; });
    return exchanges_.back();
  }

  // Blocks until that many connections are open.
  void AwaitConnections(int open) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_ == open; });
  }

  // Blocks until a request was refused; gives its status.
  int AwaitRefusal() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !refused_.empty(); });
    return refused_.back();
  }

  // Open at the same time so far.
  int most_connections() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

  std::size_t exchanges() {
    const std::lock_guard lock(mutex_);
    return exchanges_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<Told> exchanges_;
  std::vector<int> refused_;
  int open_ = 0;
  int most_ = 0;
};

}  // namespace wanwu::test
