#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "client/cli/top_figures.h"
#include "client/lib/classifier_client.h"

namespace wanwu::cli {

// Watches one server on a thread of its own, and again when it comes back.
class TopWatch {
 public:
  TopWatch(const client::ChannelOptions& channel,
           std::chrono::milliseconds report_interval);
  ~TopWatch();
  TopWatch(const TopWatch&) = delete;
  TopWatch& operator=(const TopWatch&) = delete;

  // How the server is now. Thread-safe.
  TopServer Look() const;

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  // Until the stream ends.
  absl::Status WatchOnce();

  const client::ChannelOptions channel_;
  const std::chrono::milliseconds report_interval_;
  client::ClassifierClient client_;
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  // Guarded by mutex_.
  bool stop_ = false;
  client::StatusWatch* watch_ = nullptr;
  TopHistory history_;
  std::string down_ = "no answer yet";
  Clock::time_point reported_at_;
  // Last: it uses the rest.
  std::thread thread_;
};

// Why a watch ended, for people.
std::string DownReason(const absl::Status& status, bool tls);

}  // namespace wanwu::cli
