#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/mailbox.h"

namespace wanwu::gateway {

struct IoResult {
  boost::system::error_code error;
  std::size_t bytes = 0;
};

// A connection's bytes, with or without TLS. One read and one write may be
// under way at a time. After a deadline has passed the error is timed_out, and
// the other direction can still be used.
class Transport {
 public:
  virtual ~Transport() = default;

  // Before anything else.
  virtual boost::asio::awaitable<IoResult> Handshake(TimePoint deadline) = 0;

  virtual boost::asio::awaitable<IoResult> ReadSome(
      boost::asio::mutable_buffer buffer, TimePoint deadline) = 0;

  // All of it.
  virtual boost::asio::awaitable<IoResult> Write(
      const std::vector<boost::asio::const_buffer>& buffers,
      TimePoint deadline) = 0;

  // After a read has met the end: waits until the peer turns out to be gone,
  // rather than to have ended its own sending only. Of those who are gone,
  // `probe` is what shows it: bytes that do no harm, sent unless they are
  // empty. Ends at once where a connection has no such halves, as with TLS.
  virtual boost::asio::awaitable<IoResult> AwaitGone(
      std::string_view probe) = 0;

  // Tells the peer that no more comes.
  virtual boost::asio::awaitable<IoResult> ShutdownSend(TimePoint deadline) = 0;

  // A read or AwaitGone() under way ends with operation_aborted.
  virtual void CancelRead() = 0;

  virtual boost::asio::any_io_executor executor() = 0;

  // The IP address of who connected; empty if it is not known.
  virtual std::string peer() const = 0;

  // Ends whatever is under way.
  virtual void Close() = 0;
};

// With TLS if there is a context, which OpenSSL keeps as long as it needs it.
std::unique_ptr<Transport> MakeTransport(boost::asio::ip::tcp::socket socket,
                                         boost::asio::ssl::context* tls);

}  // namespace wanwu::gateway
