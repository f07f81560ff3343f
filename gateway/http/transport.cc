#include "gateway/http/transport.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <utility>

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Tls = asio::ssl::stream<tcp::socket>;

// Ends one operation after another when its time is over.
class OperationTimer {
 public:
  explicit OperationTimer(const asio::any_io_executor& executor)
      : state_(std::make_shared<State>(executor)) {}
  ~OperationTimer() { state_->timer.cancel(); }

  // For the operation that begins now.
  asio::cancellation_slot Start(TimePoint deadline) {
    State& state = *state_;
    state.expired = false;
    if (deadline != TimePoint::max()) {
      state.timer.expires_at(deadline);
      state.timer.async_wait([kept = state_, operation = state.operation](
                                 boost::system::error_code error) {
        if (error || operation != kept->operation) return;
        kept->expired = true;
        kept->signal.emit(asio::cancellation_type::terminal);
      });
    }
    return state.signal.slot();
  }

  // The operation has ended; gives its result as the caller sees it.
  IoResult End(boost::system::error_code error, std::size_t bytes) {
    State& state = *state_;
    ++state.operation;
    state.timer.cancel();
    // Else a late Cancel() would reach for the operation that is gone.
    state.signal.slot().clear();
    if (error && state.expired) error = asio::error::timed_out;
    return {error, bytes};
  }

  void Cancel() { state_->signal.emit(asio::cancellation_type::terminal); }

 private:
  struct State {
    explicit State(const asio::any_io_executor& executor) : timer(executor) {}

    asio::steady_timer timer;
    asio::cancellation_signal signal;
    // Which operation the timer is for.
    std::uint64_t operation = 0;
    bool expired = false;
  };

  // Shared with a timer's handler that is already on its way.
  std::shared_ptr<State> state_;
};

auto Token(asio::cancellation_slot slot) {
  return asio::bind_cancellation_slot(slot,
                                      asio::as_tuple(asio::use_awaitable));
}

// Of IPv4 as such, also where it comes over a socket of IPv6.
std::string AddressOf(const tcp::socket& socket) {
  boost::system::error_code error;
  asio::ip::address address = socket.remote_endpoint(error).address();
  if (error) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

template <typename Stream>
class StreamTransport : public Transport {
 public:
  StreamTransport(Stream stream, std::string peer)
      : stream_(std::move(stream)),
        peer_(std::move(peer)),
        read_timer_(stream_.get_executor()),
        write_timer_(stream_.get_executor()) {}

  asio::awaitable<IoResult> Handshake(TimePoint deadline) override;

  asio::awaitable<IoResult> ReadSome(asio::mutable_buffer buffer,
                                     TimePoint deadline) override {
    auto read =
        stream_.async_read_some(buffer, Token(read_timer_.Start(deadline)));
    const auto [error, bytes] = co_await std::move(read);
    co_return read_timer_.End(error, bytes);
  }

  asio::awaitable<IoResult> Write(
      const std::vector<asio::const_buffer>& buffers,
      TimePoint deadline) override {
    auto write = asio::async_write(stream_, buffers,
                                   Token(write_timer_.Start(deadline)));
    const auto [error, bytes] = co_await std::move(write);
    co_return write_timer_.End(error, bytes);
  }

  asio::awaitable<IoResult> AwaitGone(std::string_view probe) override;

  asio::awaitable<IoResult> ShutdownSend(TimePoint deadline) override;

  void CancelRead() override { read_timer_.Cancel(); }

  asio::any_io_executor executor() override { return stream_.get_executor(); }

  std::string peer() const override { return peer_; }

  void Close() override {
    boost::system::error_code ignored;
    stream_.lowest_layer().close(ignored);
  }

 private:
  Stream stream_;
  const std::string peer_;
  OperationTimer read_timer_;
  OperationTimer write_timer_;
};

template <>
asio::awaitable<IoResult> StreamTransport<tcp::socket>::Handshake(
    TimePoint /*deadline*/) {
  co_return IoResult{};
}

template <>
asio::awaitable<IoResult> StreamTransport<Tls>::Handshake(TimePoint deadline) {
  auto handshake = stream_.async_handshake(asio::ssl::stream_base::server,
                                           Token(read_timer_.Start(deadline)));
  const auto [error] = co_await std::move(handshake);
  co_return read_timer_.End(error, 0);
}

template <>
asio::awaitable<IoResult> StreamTransport<tcp::socket>::AwaitGone(
    std::string_view probe) {
  // After the wait has begun, which would not see a reset that was there.
  if (!probe.empty()) {
    asio::post(stream_.get_executor(), [this, probe = std::string(probe)] {
      boost::system::error_code seen_by_the_wait;
      stream_.non_blocking(true, seen_by_the_wait);
      stream_.send(asio::buffer(probe), 0, seen_by_the_wait);
    });
  }
  auto wait = stream_.async_wait(tcp::socket::wait_error,
                                 Token(read_timer_.Start(TimePoint::max())));
  const auto [error] = co_await std::move(wait);
  co_return read_timer_.End(error ? error : asio::error::connection_reset, 0);
}

template <>
asio::awaitable<IoResult> StreamTransport<Tls>::AwaitGone(
    std::string_view /*probe*/) {
  co_return IoResult{asio::error::eof, 0};
}

template <>
asio::awaitable<IoResult> StreamTransport<tcp::socket>::ShutdownSend(
    TimePoint /*deadline*/) {
  boost::system::error_code error;
  stream_.shutdown(tcp::socket::shutdown_send, error);
  co_return IoResult{error, 0};
}

// Waits for the peer's close-notify, too, as asio does it.
template <>
asio::awaitable<IoResult> StreamTransport<Tls>::ShutdownSend(
    TimePoint deadline) {
  auto shutdown = stream_.async_shutdown(Token(write_timer_.Start(deadline)));
  const auto [error] = co_await std::move(shutdown);
  co_return write_timer_.End(error, 0);
}

}  // namespace

std::unique_ptr<Transport> MakeTransport(tcp::socket socket,
                                         asio::ssl::context* tls) {
  std::string peer = AddressOf(socket);
  if (tls == nullptr) {
    return std::make_unique<StreamTransport<tcp::socket>>(std::move(socket),
                                                          std::move(peer));
  }
  return std::make_unique<StreamTransport<Tls>>(Tls(std::move(socket), *tls),
                                                std::move(peer));
}

}  // namespace wanwu::gateway
