#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "client/lib/async_client.h"
#include "gateway/http/mailbox.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

inline constexpr char kReadinessPath[] = "/readyz";

// Keeps watching whether the server is reachable and SERVING.
class ServerHealth {
 public:
  enum class State { kUnreachable, kNotServing, kServing };

  // `client` must outlive it. Starts to watch on `executor`. If another server
  // may be `choice`, one that no longer serves is no reason not to be ready.
  ServerHealth(client::AsyncClient& client,
               boost::asio::any_io_executor executor,
               client::CallOptions options,
               client::ServerChoice choice = client::ServerChoice::kOne);

  // Thread-safe.
  State state() const { return state_.load(); }

  // OK, or UNAVAILABLE with the reason. Thread-safe.
  absl::Status Ready() const;

  // From now on the gateway is not ready, whatever the server is. Thread-safe.
  void BeginDrain() { draining_.store(true); }

  // Ends the watch, so that the executor's thread can go. Thread-safe.
  void Stop();

 private:
  boost::asio::awaitable<void> Watch();
  // True if the server that was watched has served; another may go on.
  boost::asio::awaitable<bool> WatchOnce();

  client::AsyncClient& client_;
  const client::CallOptions options_;
  const client::ServerChoice choice_;
  const boost::asio::any_io_executor executor_;
  std::atomic<State> state_{State::kUnreachable};
  std::atomic<bool> draining_{false};

  // For the executor's thread.
  boost::asio::steady_timer pause_;
  std::shared_ptr<client::AsyncCall> call_;
  bool stopped_ = false;
  bool ended_ = false;

  std::mutex mutex_;
  std::condition_variable end_;
};

// GET /healthz and GET kReadinessPath.
Handler ServeLiveness();
Handler ServeReadiness(const ServerHealth& health);

}  // namespace wanwu::gateway
