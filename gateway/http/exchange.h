#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/http/byte_budget.h"
#include "gateway/http/exchange_trace.h"
#include "gateway/http/request_head.h"
#include "gateway/http/request_reader.h"
#include "gateway/http/response.h"
#include "gateway/http/transport.h"

namespace wanwu::gateway {

// One request and its response, as a handler sees them. A handler answers once:
// by Respond() or Fail(), or by StartStream(), WriteChunk()… and EndStream().
// For the connection's thread.
class Exchange {
 public:
  struct Parts {
    Transport& transport;
    RequestReader& reader;
    const HttpLimits& limits;
    ByteBudget& budget;
    // Null: no request is traced.
    const tracing::Tracer* tracer = nullptr;
  };

  // All parts must outlive the exchange.
  Exchange(const Parts& parts, RequestHead head);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const RequestHead& head() const { return head_; }
  boost::asio::any_io_executor executor() {
    return parts_.transport.executor();
  }
  ByteBudget& budget() { return parts_.budget; }

  // The caller's IP address.
  std::string peer() const { return parts_.transport.peer(); }

  // Returned as sent or made up; on the response and on log lines.
  const std::string& request_id() const { return request_id_; }

  ExchangeTrace& trace() { return trace_; }
  const ExchangeTrace& trace() const { return trace_; }

  // Sent with whatever the response is. Before it is begun.
  void AddHeader(std::string name, std::string value);

  // The next piece of the body, empty at its end; valid until the next call.
  // Errors: the caller was too slow, hung up, sent malformed HTTP or, as
  // BODY_TOO_LARGE, more than `limit` bytes.
  boost::asio::awaitable<absl::StatusOr<std::string_view>> ReadBody(
      std::uint64_t limit);

  // The whole body. What is allocated for it is taken from the budget by way of
  // `share`; BUFFER_FULL if there is not as much left.
  boost::asio::awaitable<absl::StatusOr<std::string>> ReadWholeBody(
      std::uint64_t limit, BudgetShare& share);

  // `on_gone` runs once if the caller hangs up, or the connection is broken
  // off, before the handler ends. Until the body has been read to its end only
  // reading it shows who hangs up; so call this again then.
  void OnGone(std::function<void()> on_gone);

  // `on_stop` runs if the gateway stops before the handler ends: for responses
  // that would not end by themselves.
  void OnStop(std::function<void()> on_stop);

  // BUFFER_FULL instead, if the budget has no room for the body.
  boost::asio::awaitable<void> Respond(Response response);
  boost::asio::awaitable<void> Fail(absl::Status status);

  // A picture of the response failed; for the observer, where the caller is
  // told less.
  void NoteError(absl::Status status) { error_ = std::move(status); }

  // A response whose end is not known yet. False from any of them: the caller
  // is gone, takes too long to read, or asked for the head only.
  boost::asio::awaitable<bool> StartStream(Response head);
  boost::asio::awaitable<bool> WriteChunk(std::string_view chunk);
  boost::asio::awaitable<bool> EndStream();
  bool streaming() const { return chunked_ || until_close_; }

  // For the connection.

  // The gateway will stop: a response still to be begun says that it closes the
  // connection. One that has not said so does not.
  void AnnounceClose();
  // The same, and responses that would not end by themselves end.
  void Stop();
  // The connection is gone.
  void Break();
  boost::asio::awaitable<void> End();
  bool answered() const { return status_ != 0; }
  // HTTP's, 0 before there is one; 499 if the caller went away before.
  int status() const { return status_; }
  // May another request follow on this connection?
  bool keep_alive() const { return keep_alive_; }
  const absl::Status& error() const { return error_; }
  // Of the body, as far as it was read.
  std::uint64_t bytes_received() const { return bytes_received_; }
  // Heads and bodies, as far as the system took them.
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  void Gone();
  // What shows whether a caller who sends no more is gone.
  std::optional<std::string_view> Probe();
  // `framing` says how long the content is; no name: it does not.
  std::string Head(const Response& response,
                   std::pair<std::string, std::string> framing);
  boost::asio::awaitable<bool> WriteAll(std::string_view head,
                                        std::string_view content);

  const Parts parts_;
  const RequestHead head_;
  ExchangeTrace trace_;
  std::string request_id_;
  Headers headers_;
  std::function<void()> on_gone_;
  std::function<void()> on_stop_;
  absl::Status error_;
  int status_ = 0;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_sent_ = 0;
  bool keep_alive_;
  bool head_sent_ = false;
  bool chunked_ = false;
  bool until_close_ = false;
  // A stream without content.
  bool bare_ = false;
  bool stopped_ = false;
  bool gone_ = false;
};

}  // namespace wanwu::gateway
