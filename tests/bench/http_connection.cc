#include "tests/bench/http_connection.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;

HttpConnection::HttpConnection(asio::any_io_executor executor,
                               asio::ip::tcp::endpoint endpoint)
    : stream_(std::move(executor)), endpoint_(std::move(endpoint)) {}

void HttpConnection::Exchange(const std::string& head, const std::string& body,
                              loadgen::TimePoint deadline, Done done) {
  head_ = absl::StrCat(head, body.size(), "\r\n\r\n");
  body_ = &body;
  done_ = std::move(done);
  stream_.expires_at(deadline);
  if (stream_.socket().is_open()) return Write();
  buffer_.clear();
  stream_.async_connect(endpoint_, [self = shared_from_this()](
                                       const Error& error) {
    if (error) return self->Finish(error);
    Error ignored;
    self->stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    self->Write();
  });
}

void HttpConnection::Cancel() {
  cancelled_ = true;
  // Not cancel(): the next step may be about to begin.
  stream_.close();
}

void HttpConnection::Write() {
  const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_),
                                                     asio::buffer(*body_)};
  asio::async_write(
      stream_, buffers,
      [self = shared_from_this()](const Error& error, std::size_t /*bytes*/) {
        if (error) return self->Finish(error);
        self->Read();
      });
}

void HttpConnection::Read() {
  response_ = {};
  beast::http::async_read(
      stream_, buffer_, response_,
      [self = shared_from_this()](const Error& error, std::size_t /*bytes*/) {
        self->Finish(error);
      });
}

void HttpConnection::Finish(const Error& error) {
  const absl::Status status = StatusOf(error);
  if (error || response_.need_eof()) stream_.close();
  cancelled_ = false;
  // The next exchange may begin within.
  std::exchange(done_, nullptr)(status);
}

absl::Status HttpConnection::StatusOf(const Error& error) const {
  if (cancelled_) return absl::CancelledError();
  if (error == beast::error::timeout) return absl::DeadlineExceededError("");
  if (error) return absl::UnavailableError(error.message());
  if (response_.result() == beast::http::status::ok) return absl::OkStatus();
  return client::MakeError(absl::StatusCode::kInternal,
                           absl::StrCat("HTTP_", response_.result_int()),
                           response_.body());
}

}  // namespace wanwu::bench
