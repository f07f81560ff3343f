#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "gateway/http/connection_limit.h"
#include "gateway/http/exchange.h"
#include "gateway/http/exchange_observer.h"
#include "gateway/http/router.h"

namespace wanwu::gateway {

// What all connections work with. Everything outlives them and is thread-safe.
struct ConnectionServices {
  const Router& router;
  const HttpLimits& limits;
  ByteBudget& budget;
  ExchangeObserver& observer;
  // Null: no request is traced.
  const tracing::Tracer* tracer = nullptr;
};

// One caller's connection: its requests, one after another. Runs and is used on
// one thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(const ConnectionServices& services,
             std::unique_ptr<Transport> transport,
             std::unique_ptr<ConnectionLimit::Place> place);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Until either side closes it.
  boost::asio::awaitable<void> Serve();

  // From now on each response says that it is the connection's last.
  void AnnounceClose();

  // The same, and closes it when it is idle: once no request has come for
  // last_request_timeout since `announced`, but at `latest` in any case.
  void Stop(TimePoint announced, TimePoint latest);

  // Breaks off whatever is under way.
  void Close();

 private:
  // True if another request may follow.
  boost::asio::awaitable<bool> ServeOne(RequestHead head);
  boost::asio::awaitable<bool> Handshake();
  // Another connection may have the place.
  void Wait();
  boost::asio::awaitable<void> AnswerUnread(absl::Status status);

  const ConnectionServices services_;
  const std::unique_ptr<Transport> transport_;
  const std::unique_ptr<ConnectionLimit::Place> place_;
  RequestReader reader_;
  Exchange* exchange_ = nullptr;
  bool closing_ = false;
  bool stopping_ = false;
};

}  // namespace wanwu::gateway
