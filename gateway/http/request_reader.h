#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "gateway/http/byte_budget.h"
#include "gateway/http/http_limits.h"
#include "gateway/http/mailbox.h"
#include "gateway/http/request_head.h"
#include "gateway/http/transport.h"

namespace wanwu::gateway {

// Reads the requests of one connection, one after another. What it holds in
// memory is bounded by the limits, since a body is given on piece by piece, and
// counts against the budget while a request is under way. For the connection's
// thread.
class RequestReader {
 public:
  // All must outlive the reader.
  RequestReader(Transport& transport, const HttpLimits& limits,
                ByteBudget& budget);

  // Waits for the next request. nullopt: there will be none, since the caller
  // has hung up or was idle for too long.
  boost::asio::awaitable<absl::StatusOr<std::optional<RequestHead>>> ReadHead();

  // From now on callers are idle for too long after last_request_timeout,
  // counted from `since` and from each answer, and at `latest` in any case.
  // What has come by then is still read.
  void WaitNoLonger(TimePoint since, TimePoint latest);

  // Keeps no more of the present request than an idle connection needs.
  void LetGo();

  // The next piece of the body, empty at its end; valid until the next call.
  // BODY_TOO_LARGE once the body exceeds `limit` bytes, before more is read.
  boost::asio::awaitable<absl::StatusOr<std::string_view>> ReadBody(
      std::uint64_t limit);

  // Nothing of the present request's body is left. False before the first
  // request.
  bool body_done() const { return parser_.has_value() && parser_->is_done(); }

  // The caller waits for "100 Continue" before it sends the body.
  bool expects_continue() const { return expects_continue_; }
  void ContinueWasSent() { expects_continue_ = false; }

  // With the body done: tells once if the caller hangs up from now on. The
  // next request may come meanwhile and is kept; then nothing is told. One who
  // only ends the sending side waits for an answer, and is told apart by the
  // bytes of `probe`; without a probe both are taken for hanging up.
  using Probe = std::function<std::optional<std::string_view>()>;
  void WatchForHangUp(std::function<void()> on_hang_up, Probe probe);
  // Must have ended before anything else is read.
  boost::asio::awaitable<void> StopWatching();

  // Takes what still comes and drops it, within bounds, so that the caller
  // gets to read its answer before the connection goes.
  boost::asio::awaitable<void> Linger();

 private:
  using Parser =
      boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  boost::asio::awaitable<IoResult> Fill(std::size_t most, TimePoint deadline);
  boost::asio::awaitable<void> Watch(std::function<void()> on_hang_up,
                                     Probe probe);
  // Whether some of a request is here, but for one empty line, which is
  // dropped.
  bool HasBegun();
  absl::StatusOr<std::optional<RequestHead>> TakeHead();
  absl::Status ReadError(boost::system::error_code error,
                         std::string_view what) const;
  TimePoint IdleDeadline() const;
  TimePoint BodyDeadline() const;
  // False if there is no room in the budget for what is held now.
  bool Count();
  // False, and nothing changed, if there is no room for one of that size.
  bool TakePiece(std::size_t bytes);

  Transport& transport_;
  const HttpLimits& limits_;
  ByteBudget& budget_;
  BudgetShare share_;
  // Read, not yet parsed.
  boost::beast::flat_buffer buffer_;
  // Made anew for each request.
  std::optional<Parser> parser_;
  // The body's present piece.
  std::unique_ptr<char[]> piece_;
  std::size_t piece_bytes_ = 0;
  std::size_t head_bytes_ = 0;
  TimePoint body_start_;
  std::uint64_t body_bytes_ = 0;
  bool expects_continue_ = false;
  bool empty_line_dropped_ = false;
  bool waiting_ = false;
  TimePoint waiting_since_;
  struct LastRequests {
    TimePoint since;
    TimePoint latest;
  };
  std::optional<LastRequests> last_requests_;
  // Whose end StopWatching() waits for; null if none is under way.
  std::optional<Mailbox<bool>> watch_;
};

}  // namespace wanwu::gateway
