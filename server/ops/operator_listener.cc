#include "server/ops/operator_listener.h"

#include <fcntl.h>
#include <pthread.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdint>
#include <exception>
#include <list>
#include <thread>
#include <utility>

#include "server/ops/http_answer.h"
#include "server/rpc/listen_address.h"

namespace wanwu::ops {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Protocol = asio::generic::stream_protocol;
using Acceptor = asio::basic_socket_acceptor<Protocol>;
using Stream = beast::basic_stream<Protocol>;
using Error = boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// Descriptors have run out; some will be given back.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::uint32_t kMostHeadBytes = 8 << 10;

}  // namespace

class OperatorListener::Server {
 public:
  Server(const OperatorListenerOptions& options, MakePage make_page,
         rpc::Listening listening)
      : options_(options),
        make_page_(std::move(make_page)),
        listening_(std::move(listening)) {}

  ~Server() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  void Start() {
    for (const rpc::Descriptor& socket : listening_.sockets()) {
      // The family matters to nobody: the socket is bound.
      acceptors_.emplace_back(context_, Protocol(AF_UNSPEC, 0),
                              fcntl(socket.number(), F_DUPFD_CLOEXEC, 0));
      asio::co_spawn(context_, Accept(acceptors_.back()), asio::detached);
    }
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "wanwu-ops");
      context_.run();
    });
  }

  int port() const { return listening_.port(); }

 private:
  using Streams = std::list<Stream>;

  asio::awaitable<void> Accept(Acceptor& acceptor) {
    asio::steady_timer pause(context_);
    for (;;) {
      auto accept = acceptor.async_accept(context_, kAwait);
      auto [error, socket] = co_await std::move(accept);
      if (error) {
        pause.expires_after(kAcceptPause);
        auto wait = pause.async_wait(kAwait);
        co_await std::move(wait);
        continue;
      }
      if (streams_.size() >= static_cast<size_t>(options_.max_connections)) {
        streams_.front().close();
      }
      streams_.emplace_back(std::move(socket));
      const auto stream = std::prev(streams_.end());
      auto serve = Serve(*stream);
      // However it ended, be it for want of memory.
      const auto erase = [this, stream](const std::exception_ptr& /*ignored*/) {
        streams_.erase(stream);
      };
      asio::co_spawn(context_, std::move(serve), erase);
    }
  }

  asio::awaitable<void> Serve(Stream& stream) {
    stream.expires_after(options_.patience);
    beast::flat_buffer buffer;
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kMostHeadBytes);
    auto read = http::async_read_header(stream, buffer, parser, kAwait);
    const auto [error, bytes] = co_await std::move(read);
    if (!error || IsMalformed(error)) {
      http::response<http::string_body> answer =
          error ? RefusalOf(error) : AnswerTo(parser.get(), make_page_);
      http::response_serializer<http::string_body> serializer(answer);
      // Without the body, whose length the head tells.
      if (parser.get().method() == http::verb::head) {
        auto write = http::async_write_header(stream, serializer, kAwait);
        co_await std::move(write);
      } else {
        auto write = http::async_write(stream, serializer, kAwait);
        co_await std::move(write);
      }
    }
    Error ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  }

  const OperatorListenerOptions options_;
  const MakePage make_page_;
  rpc::Listening listening_;
  // Before what it runs.
  asio::io_context context_{1};
  std::list<Acceptor> acceptors_;
  // Oldest first.
  Streams streams_;
  std::thread thread_;
};

OperatorListener::OperatorListener(std::unique_ptr<Server> server)
    : server_(std::move(server)) {}

OperatorListener::~OperatorListener() = default;

absl::StatusOr<std::unique_ptr<OperatorListener>> OperatorListener::Start(
    const OperatorListenerOptions& options, MakePage make_page) {
  absl::StatusOr<rpc::Listening> listening = rpc::ListenOn(options.address);
  if (!listening.ok()) return listening.status();
  auto server = std::make_unique<Server>(options, std::move(make_page),
                                         *std::move(listening));
  server->Start();
  return std::unique_ptr<OperatorListener>(
      new OperatorListener(std::move(server)));
}

int OperatorListener::port() const { return server_->port(); }

}  // namespace wanwu::ops
