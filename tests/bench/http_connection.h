#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "client/loadgen/clock.h"

namespace wanwu::bench {

// One connection, one exchange at a time. For the thread of its executor.
class HttpConnection final
    : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Done = std::function<void(const absl::Status&)>;

  HttpConnection(boost::asio::any_io_executor executor,
                 boost::asio::ip::tcp::endpoint endpoint);

  // Sends `head`, the length of `body`, and `body`, which must stay until
  // `done` is told. Connects first where it is not connected.
  void Exchange(const std::string& head, const std::string& body,
                loadgen::TimePoint deadline, Done done);

  // Ends the exchange under way with CANCELLED.
  void Cancel();

 private:
  using Error = boost::beast::error_code;

  void Write();
  void Read();
  void Finish(const Error& error);
  absl::Status StatusOf(const Error& error) const;

  boost::beast::tcp_stream stream_;
  const boost::asio::ip::tcp::endpoint endpoint_;
  bool cancelled_ = false;

  // Of the exchange.
  std::string head_;
  const std::string* body_ = nullptr;
  boost::beast::flat_buffer buffer_;
  boost::beast::http::response<boost::beast::http::string_body> response_;
  Done done_;
};

}  // namespace wanwu::bench
