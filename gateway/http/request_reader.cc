#include "gateway/http/request_reader.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kPieceBytes = 64 << 10;
// The most that is asked of the transport at once. Heads are small, and an idle
// connection holds on to this much.
constexpr std::size_t kHeadReadBytes = 4 << 10;

constexpr int kMaxFields = 100;

// Enough for what was on its way when a caller was refused.
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = 64 << 20;

absl::Status HeadError(boost::system::error_code error,
                       const HttpLimits& limits) {
  if (error == http::error::header_limit) {
    return GatewayError(
        absl::StatusCode::kInvalidArgument, kHeadersTooLarge,
        absl::StrCat("the headers exceed ", limits.max_header_bytes, " bytes"),
        {{"limit", absl::StrCat(limits.max_header_bytes)}});
  }
  return GatewayError(absl::StatusCode::kInvalidArgument, kHttpMalformed,
                      absl::StrCat("malformed HTTP: ", error.message()));
}

absl::Status TooSlow(std::string_view what) {
  return GatewayError(
      absl::StatusCode::kDeadlineExceeded, kRequestTimeout,
      absl::StrCat("the ", std::string(what), " did not arrive in time"));
}

absl::Status HungUp() {
  return GatewayError(absl::StatusCode::kCancelled, kHangUp,
                      "the client closed the connection");
}

absl::Status BodyTooLarge(std::uint64_t limit) {
  return GatewayError(absl::StatusCode::kInvalidArgument, kBodyTooLarge,
                      absl::StrCat("the body exceeds ", limit, " bytes"),
                      {{"limit", absl::StrCat(limit)}});
}

absl::Status ChunkTooLong() {
  return GatewayError(absl::StatusCode::kInvalidArgument, kHttpMalformed,
                      "malformed HTTP: a chunk's header or the trailers are "
                      "too long");
}

absl::Status Malformed(std::string_view why) {
  return GatewayError(absl::StatusCode::kInvalidArgument, kHttpMalformed, why);
}

// Where a body ends must be beyond doubt, to us as to any proxy before us.
absl::Status CheckFraming(unsigned version, const http::fields& headers) {
  if (version >= 11 && headers.count(http::field::host) != 1) {
    return Malformed("HTTP/1.1 needs exactly one Host header");
  }
  const auto coding = headers.find(http::field::transfer_encoding);
  if (coding == headers.end()) return absl::OkStatus();
  if (version < 11) {
    return Malformed("HTTP/1.0 knows no Transfer-Encoding");
  }
  if (headers.count(http::field::transfer_encoding) != 1 ||
      !boost::beast::iequals(coding->value(), "chunked")) {
    return Malformed("the only Transfer-Encoding understood is chunked");
  }
  return absl::OkStatus();
}

// Each field costs several times its bytes, of which two may be enough.
absl::Status CheckCount(const http::fields& headers) {
  if (std::distance(headers.begin(), headers.end()) <= kMaxFields) {
    return absl::OkStatus();
  }
  return GatewayError(absl::StatusCode::kInvalidArgument, kHeadersTooLarge,
                      absl::StrCat("more than ", kMaxFields, " headers"),
                      {{"limit", absl::StrCat(kMaxFields)}});
}

}  // namespace

RequestReader::RequestReader(Transport& transport, const HttpLimits& limits,
                             ByteBudget& budget)
    : transport_(transport),
      limits_(limits),
      budget_(budget),
      share_(budget),
      buffer_(limits.max_header_bytes + kPieceBytes) {}

bool RequestReader::Count() {
  // What is read at a time is as large as a piece.
  const std::size_t bytes =
      std::max(buffer_.capacity(), piece_bytes_) + piece_bytes_ + head_bytes_;
  return share_.TryResize(bytes - std::min(bytes, kHeadReadBytes));
}

bool RequestReader::TakePiece(std::size_t bytes) {
  const std::size_t before = std::exchange(piece_bytes_, bytes);
  if (!Count()) {
    piece_bytes_ = before;
    return false;
  }
  piece_ = std::make_unique_for_overwrite<char[]>(bytes);
  return true;
}

void RequestReader::LetGo() {
  piece_.reset();
  piece_bytes_ = 0;
  head_bytes_ = 0;
  if (buffer_.size() == 0) buffer_.shrink_to_fit();
  // There is always room for less.
  static_cast<void>(Count());
}

asio::awaitable<IoResult> RequestReader::Fill(std::size_t most,
                                              TimePoint deadline) {
  const std::size_t room = buffer_.max_size() - buffer_.size();
  const auto space = buffer_.prepare(std::min(room, most));
  if (!Count()) co_return IoResult{asio::error::no_buffer_space, 0};
  auto read = transport_.ReadSome(space, deadline);
  const IoResult result = co_await std::move(read);
  buffer_.commit(result.bytes);
  co_return result;
}

asio::awaitable<absl::StatusOr<std::optional<RequestHead>>>
RequestReader::ReadHead() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(limits_.max_header_bytes));
  parser_->body_limit(boost::none);  // ReadBody() sees to it.
  expects_continue_ = false;
  empty_line_dropped_ = false;
  LetGo();
  waiting_since_ = Clock::now();
  TimePoint header_deadline;
  bool began = false;
  while (true) {
    if (began ? buffer_.size() > 0 : HasBegun()) {
      if (!std::exchange(began, true)) {
        header_deadline = Clock::now() + limits_.header_timeout;
      }
      boost::system::error_code error;
      const std::size_t parsed = parser_->put(buffer_.data(), error);
      buffer_.consume(parsed);
      head_bytes_ += parsed;
      if (parser_->is_header_done()) {
        if (!Count()) co_return BufferFullError(budget_.limit());
        co_return TakeHead();
      }
      if (error && error != http::error::need_more) {
        co_return HeadError(error, limits_);
      }
    }
    waiting_ = !began;
    auto fill = Fill(kHeadReadBytes, began ? header_deadline : IdleDeadline());
    const IoResult result = co_await std::move(fill);
    // WaitNoLonger() has interrupted it.
    const bool again = !began && !std::exchange(waiting_, false);
    if (!result.error || again) continue;
    if (!began) co_return std::nullopt;
    co_return ReadError(result.error, "headers");
  }
}

bool RequestReader::HasBegun() {
  const auto data = buffer_.cdata();
  const std::string_view bytes(static_cast<const char*>(data.data()),
                               data.size());
  // As some callers send it behind a body (RFC 9112 §2.2).
  if (!empty_line_dropped_ && bytes.starts_with("\r\n")) {
    buffer_.consume(2);
    empty_line_dropped_ = true;
    return buffer_.size() > 0;
  }
  return !bytes.empty() && (empty_line_dropped_ || bytes != "\r");
}

absl::StatusOr<std::optional<RequestHead>> RequestReader::TakeHead() {
  auto& message = parser_->get();
  RequestHead head;
  head.method = message.method();
  head.method_text = std::string(message.method_string());
  head.chunks_allowed = message.version() >= 11;
  head.keep_alive = parser_->keep_alive();
  if (const auto length = parser_->content_length()) {
    head.content_length = *length;
  }
  absl::Status status =
      ParseTarget({message.target().data(), message.target().size()}, head);
  status.Update(CheckCount(message.base()));
  status.Update(CheckFraming(message.version(), message.base()));
  if (!status.ok()) {
    // They may be many, and the connection stays until this is answered.
    message.clear();
    return status;
  }
  // How the body is framed the parser keeps by itself.
  head.headers = std::move(message.base());
  if (const auto expect = head.Header("Expect"); !expect.empty()) {
    if (!absl::EqualsIgnoreCase({expect.data(), expect.size()},
                                "100-continue")) {
      return GatewayError(absl::StatusCode::kInvalidArgument,
                          kExpectationFailed,
                          "the only expectation met is 100-continue");
    }
    expects_continue_ = head.chunks_allowed && !parser_->is_done();
  }
  parser_->eager(true);
  body_start_ = Clock::now();
  body_bytes_ = 0;
  return head;
}

absl::Status RequestReader::ReadError(boost::system::error_code error,
                                      std::string_view what) const {
  if (error == asio::error::timed_out) return TooSlow(what);
  if (error == asio::error::no_buffer_space) {
    return BufferFullError(budget_.limit());
  }
  return HungUp();
}

void RequestReader::WaitNoLonger(TimePoint since, TimePoint latest) {
  last_requests_ = {since, latest};
  if (std::exchange(waiting_, false)) transport_.CancelRead();
}

TimePoint RequestReader::IdleDeadline() const {
  const TimePoint deadline = waiting_since_ + limits_.idle_timeout;
  if (!last_requests_.has_value()) return deadline;
  const auto& [since, latest] = *last_requests_;
  return std::min(
      {deadline, latest,
       std::max(waiting_since_, since) + limits_.last_request_timeout});
}

TimePoint RequestReader::BodyDeadline() const {
  const std::chrono::duration<double> at_least(
      static_cast<double>(body_bytes_) /
      static_cast<double>(limits_.min_body_rate));
  return body_start_ + limits_.body_timeout +
         std::chrono::duration_cast<Clock::duration>(at_least);
}

asio::awaitable<absl::StatusOr<std::string_view>> RequestReader::ReadBody(
    std::uint64_t limit) {
  if (const auto length = parser_->content_length();
      length && *length > limit) {
    co_return BodyTooLarge(limit);
  }
  if (piece_ == nullptr && !TakePiece(kHeadReadBytes)) {
    co_return BufferFullError(budget_.limit());
  }
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece_.get();
    body.size = piece_bytes_;
    boost::system::error_code error;
    buffer_.consume(parser_->put(buffer_.data(), error));
    const std::size_t got = piece_bytes_ - body.size;
    body_bytes_ += got;
    if (body_bytes_ > limit) co_return BodyTooLarge(limit);
    if (error && error != http::error::need_more &&
        error != http::error::need_buffer) {
      co_return HeadError(error, limits_);
    }
    if (got > 0) co_return std::string_view(piece_.get(), got);
    if (parser_->is_done()) break;
    // Beast waits for the end of a chunk's header or of the trailers, however
    // long they are.
    if (buffer_.size() == buffer_.max_size()) co_return ChunkTooLong();
    auto fill = Fill(piece_bytes_, BodyDeadline());
    const IoResult result = co_await std::move(fill);
    if (result.error) co_return ReadError(result.error, "body");
    // Larger ones only for those who send as much, and while there is room.
    if (result.bytes == piece_bytes_ && piece_bytes_ < kPieceBytes) {
      static_cast<void>(TakePiece(2 * piece_bytes_));
    }
  }
  co_return std::string_view();
}

void RequestReader::WatchForHangUp(std::function<void()> on_hang_up,
                                   Probe probe) {
  // The next request is here already, or another watch is.
  if (buffer_.size() > 0 || watch_.has_value()) return;
  auto executor = transport_.executor();
  watch_.emplace(executor);
  asio::co_spawn(executor, Watch(std::move(on_hang_up), std::move(probe)),
                 asio::detached);
}

asio::awaitable<void> RequestReader::Watch(std::function<void()> on_hang_up,
                                           Probe probe) {
  const auto ended = watch_->Sender();
  auto fill = Fill(kHeadReadBytes, TimePoint::max());
  IoResult result = co_await std::move(fill);
  if (result.error == asio::error::eof) {
    if (const auto bytes = probe()) {
      auto gone = transport_.AwaitGone(*bytes);
      result = co_await std::move(gone);
    }
  }
  if (result.error && result.error != asio::error::operation_aborted) {
    on_hang_up();
  }
  ended(true);
}

asio::awaitable<void> RequestReader::StopWatching() {
  if (!watch_.has_value()) co_return;
  transport_.CancelRead();
  auto ended = watch_->Next();
  co_await std::move(ended);
  watch_.reset();
}

asio::awaitable<void> RequestReader::Linger() {
  const TimePoint deadline = Clock::now() + kLingerTime;
  auto shutdown = transport_.ShutdownSend(deadline);
  const IoResult sent = co_await std::move(shutdown);
  if (sent.error) co_return;
  std::size_t dropped = 0;
  while (dropped < kLingerBytes) {
    buffer_.clear();
    LetGo();
    auto fill = Fill(kHeadReadBytes, deadline);
    const IoResult result = co_await std::move(fill);
    if (result.error) co_return;
    dropped += result.bytes;
  }
}

}  // namespace wanwu::gateway
