#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/http/connection.h"

namespace wanwu::gateway {

// What a new connection is served with. Null: plain HTTP.
using CurrentTls = std::function<std::shared_ptr<boost::asio::ssl::context>()>;

struct ListenerOptions {
  std::string address;  // HOST:PORT; port 0: a free one
  int threads = 1;
  int max_connections = 1024;
  CurrentTls tls = nullptr;
  // For who has begun to connect, when no others are to come.
  std::chrono::milliseconds last_connects{100};
};

// Host and port of HOST:PORT; the host without the brackets of IPv6.
std::pair<std::string, std::string> SplitAddress(const std::string& address);

// Accepts connections and serves each on one of a fixed set of threads. Where
// there are too many, the one that has been idle longest is closed; if none is,
// the new one.
class Listener {
 public:
  // Listens at once, serves after Run(). UNAVAILABLE if the address cannot be
  // had.
  static absl::StatusOr<std::unique_ptr<Listener>> Listen(
      const ListenerOptions& options, const ConnectionServices& services);
  // Drains without patience, and stops.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void Run();

  int port() const { return port_; }

  // Of the first thread; for work that is not a connection's.
  boost::asio::any_io_executor executor();

  // From now on each response says that it is its connection's last, so that
  // callers leave by themselves. Idempotent.
  void AnnounceClose();

  // The same, accepts no more, closes connections when they have been idle for
  // last_request_timeout, lets the others finish their present response until
  // `deadline` and then breaks them off. True if none was. Idempotent.
  bool Drain(std::chrono::steady_clock::time_point deadline);

  // After Drain(), and when nothing else runs on the executor: ends the
  // threads. Idempotent.
  void Stop();

 private:
  class Worker;

  Listener(const ListenerOptions& options, const ConnectionServices& services);

  absl::Status Bind();
  boost::asio::awaitable<void> Accept();
  // Of an accepted connection; Take() follows on the worker's thread.
  void Give(boost::asio::ip::tcp::socket socket, Worker& worker);
  boost::asio::awaitable<void> AcceptLast(
      std::chrono::steady_clock::time_point deadline);
  void ForEachConnection(const std::function<void(Connection&)>& action);
  void Take(boost::asio::ip::tcp::socket socket,
            std::unique_ptr<ConnectionLimit::Place> place, Worker& worker);
  // There is no place for it.
  void Refuse(boost::asio::ip::tcp::socket socket);

  const ListenerOptions options_;
  const ConnectionServices services_;
  // Outlives the connections, which the workers hold.
  ConnectionLimit limit_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<boost::asio::ip::tcp::acceptor> acceptor_;
  int port_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  int open_ = 0;
  bool accepting_ = false;
  bool drained_ = false;
  std::optional<std::chrono::steady_clock::time_point> close_announced_;
  std::chrono::steady_clock::time_point idle_until_;
};

}  // namespace wanwu::gateway
