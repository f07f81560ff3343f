#include "gateway/http/listener.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/errors/http_error.h"
#include "gateway/http/connect_filter.h"
#include "gateway/http/request_id.h"
#include "gateway/http/response.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// As long as the process has no file descriptor left, say.
constexpr std::chrono::milliseconds kAcceptPause{50};

absl::Status CannotListen(const std::string& address,
                          const std::string& reason) {
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ",
                                             reason,
                                             "; set another --listen_address"));
}

std::string RefusalText() {
  const Response response = ErrorResponse(ToHttpError(
      GatewayError(absl::StatusCode::kUnavailable, kConnectionsFull,
                   "every connection that the gateway may have is in use")));
  return RenderHead("HTTP/1.1", response,
                    {{"X-Request-Id", RequestIdFor("")},
                     {"Connection", "close"},
                     {"Content-Length", absl::StrCat(response.body.size())}}) +
         response.body;
}

}  // namespace

std::pair<std::string, std::string> SplitAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {std::move(host), address.substr(colon + 1)};
}

// One thread with its connections, which only it touches.
class Listener::Worker {
 public:
  Worker() : context_(1), work_(context_.get_executor()) {}
  ~Worker() { Join(); }

  void Start() {
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "wanwu-http");
      context_.run();
    });
  }

  void Join() {
    if (!thread_.joinable()) return;
    work_.reset();
    context_.stop();
    thread_.join();
  }

  asio::io_context& context() { return context_; }

  std::set<Connection*> connections;

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

Listener::Listener(const ListenerOptions& options,
                   const ConnectionServices& services)
    : options_(options), services_(services), limit_(options.max_connections) {
  for (int i = 0; i < options.threads; ++i) {
    workers_.push_back(std::make_unique<Worker>());
  }
}

Listener::~Listener() {
  Drain(std::chrono::steady_clock::now());
  Stop();
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Listen(
    const ListenerOptions& options, const ConnectionServices& services) {
  std::unique_ptr<Listener> listener(new Listener(options, services));
  const absl::Status status = listener->Bind();
  if (!status.ok()) return status;
  return listener;
}

absl::Status Listener::Bind() {
  const auto [host, port] = SplitAddress(options_.address);
  boost::system::error_code error;
  asio::io_context& context = workers_.front()->context();
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(host, port, tcp::resolver::passive, error);
  if (error) return CannotListen(options_.address, error.message());
  const tcp::endpoint endpoint = *found.begin();
  acceptor_ = std::make_unique<tcp::acceptor>(context);
  acceptor_->open(endpoint.protocol(), error);
  // A restart need not wait for old connections to fade.
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error)
    acceptor_->listen(asio::socket_base::max_listen_connections, error);
  if (error) return CannotListen(options_.address, error.message());
  port_ = acceptor_->local_endpoint().port();
  return absl::OkStatus();
}

asio::any_io_executor Listener::executor() {
  return workers_.front()->context().get_executor();
}

void Listener::Run() {
  {
    const std::lock_guard lock(mutex_);
    accepting_ = true;
  }
  asio::co_spawn(executor(), Accept(), asio::detached);
  for (const auto& worker : workers_) worker->Start();
}

asio::awaitable<void> Listener::Accept() {
  asio::steady_timer pause(executor());
  for (std::size_t i = 0;; i = (i + 1) % workers_.size()) {
    Worker& worker = *workers_[i];
    auto accept = acceptor_->async_accept(worker.context(),
                                          asio::as_tuple(asio::use_awaitable));
    auto [error, socket] = co_await std::move(accept);
    if (error && !acceptor_->is_open()) break;
    if (error) {
      if (error == asio::error::no_descriptors) limit_.EvictIdlest();
      pause.expires_after(kAcceptPause);
      auto wait = pause.async_wait(asio::as_tuple(asio::use_awaitable));
      co_await std::move(wait);
      continue;
    }
    Give(std::move(socket), worker);
  }
  const std::lock_guard lock(mutex_);
  accepting_ = false;
  changed_.notify_all();
}

void Listener::Give(tcp::socket socket, Worker& worker) {
  auto place = limit_.Enter();
  if (place == nullptr) return Refuse(std::move(socket));
  {
    const std::lock_guard lock(mutex_);
    services_.observer.OnConnections(++open_);
  }
  auto take = [this, &worker, taken = std::move(socket),
               place = std::move(place)]() mutable {
    Take(std::move(taken), std::move(place), worker);
  };
  asio::post(worker.context(), std::move(take));
}

asio::awaitable<void> Listener::AcceptLast(
    std::chrono::steady_clock::time_point deadline) {
  boost::system::error_code error;
  if (IgnoreNewConnects(acceptor_->native_handle())) {
    asio::steady_timer rest(executor());
    rest.expires_at(std::min(
        deadline, std::chrono::steady_clock::now() + options_.last_connects));
    auto wait = rest.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(wait);
  }
  acceptor_->non_blocking(true, error);
  for (std::size_t i = 0; !error; i = (i + 1) % workers_.size()) {
    tcp::socket socket(workers_[i]->context());
    acceptor_->accept(socket, error);
    if (!error) Give(std::move(socket), *workers_[i]);
  }
  // Accept() ends with it.
  acceptor_->close(error);
}

void Listener::Refuse(tcp::socket socket) {
  if (options_.tls == nullptr) {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    // What has come is taken, since closing would reset the connection and the
    // answer with it. There is no waiting for the rest.
    std::array<char, 4 << 10> dropped;
    socket.receive(asio::buffer(dropped), 0, ignored);
    socket.send(asio::buffer(RefusalText()), 0, ignored);
  }
  services_.observer.OnRefused(503);
}

void Listener::Take(tcp::socket socket,
                    std::unique_ptr<ConnectionLimit::Place> place,
                    Worker& worker) {
  boost::system::error_code ignored;
  // Answers are written whole, so nothing is won by waiting for more.
  socket.set_option(tcp::no_delay(true), ignored);
  const auto tls = options_.tls == nullptr ? nullptr : options_.tls();
  auto connection = std::make_shared<Connection>(
      services_, MakeTransport(std::move(socket), tls.get()), std::move(place));
  {
    const std::lock_guard lock(mutex_);
    if (close_announced_.has_value()) connection->AnnounceClose();
    if (drained_) connection->Stop(*close_announced_, idle_until_);
  }
  worker.connections.insert(connection.get());
  auto served = connection->Serve();
  asio::co_spawn(worker.context(), std::move(served),
                 [this, connection, &worker](std::exception_ptr) {
                   worker.connections.erase(connection.get());
                   const std::lock_guard lock(mutex_);
                   services_.observer.OnConnections(--open_);
                   changed_.notify_all();
                 });
}

void Listener::ForEachConnection(
    const std::function<void(Connection&)>& action) {
  for (const auto& worker : workers_) {
    asio::post(worker->context(), [&worker = *worker, action] {
      for (Connection* connection : worker.connections) action(*connection);
    });
  }
}

void Listener::AnnounceClose() {
  {
    const std::lock_guard lock(mutex_);
    if (close_announced_.has_value()) return;
    close_announced_ = std::chrono::steady_clock::now();
  }
  ForEachConnection([](Connection& connection) { connection.AnnounceClose(); });
}

bool Listener::Drain(std::chrono::steady_clock::time_point deadline) {
  AnnounceClose();
  std::unique_lock lock(mutex_);
  if (std::exchange(drained_, true)) return true;
  // What is idle must not use up the time of what is under way.
  const auto now = std::chrono::steady_clock::now();
  idle_until_ = now + (deadline - now) / 2;
  const auto stop = [announced = *close_announced_,
                     latest = idle_until_](Connection& connection) {
    connection.Stop(announced, latest);
  };
  const bool accepting = accepting_;
  lock.unlock();
  if (accepting) {
    asio::co_spawn(executor(), AcceptLast(idle_until_), asio::detached);
  }
  ForEachConnection(stop);
  lock.lock();
  changed_.wait_until(lock, deadline,
                      [this] { return open_ == 0 && !accepting_; });
  const bool finished = open_ == 0;
  lock.unlock();
  ForEachConnection([](Connection& connection) { connection.Close(); });
  lock.lock();
  // What was broken off ends at once, but for calls to the server that must be
  // told first.
  changed_.wait_for(lock, std::chrono::seconds(2),
                    [this] { return open_ == 0 && !accepting_; });
  return finished;
}

void Listener::Stop() {
  for (const auto& worker : workers_) worker->Join();
  // Else the system would go on taking connections, if Drain()'s close had no
  // time to run.
  boost::system::error_code ignored;
  if (acceptor_ != nullptr) acceptor_->close(ignored);
}

}  // namespace wanwu::gateway
