#include "gateway/http/exchange.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/errors/http_error.h"
#include "gateway/http/counted_bytes.h"
#include "gateway/http/request_id.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr int kClientClosedRequest = 499;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Errors, which must always find room, are smaller.
constexpr std::size_t kSmallAnswer = 4 << 10;

bool AllowsBody(int status) {
  return status >= 200 && status != 204 && status != 304;
}

// Cancelled by the server, as it does when it stops: a caller who is still
// there may try again.
absl::Status AsUnavailable(const absl::Status& status) {
  absl::Status result(absl::StatusCode::kUnavailable, status.message());
  status.ForEachPayload([&result](absl::string_view type, const auto& payload) {
    result.SetPayload(type, payload);
  });
  return result;
}

}  // namespace

Exchange::Exchange(const Parts& parts, RequestHead head)
    : parts_(parts),
      head_(std::move(head)),
      trace_(head_, parts.tracer),
      request_id_(RequestIdFor(head_.Header("X-Request-Id"))),
      headers_{{"X-Request-Id", request_id_}},
      keep_alive_(head_.keep_alive) {
  std::string trace = trace_.Returned();
  if (!trace.empty()) AddHeader(tracing::kTraceparent, std::move(trace));
}

void Exchange::AddHeader(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
}

asio::awaitable<absl::StatusOr<std::string_view>> Exchange::ReadBody(
    std::uint64_t limit) {
  const bool too_large =
      head_.content_length.has_value() && *head_.content_length > limit;
  if (parts_.reader.expects_continue() && !too_large) {
    parts_.reader.ContinueWasSent();
    auto go_on = WriteAll(kContinue, {});
    // A caller who is gone shows in the read.
    co_await std::move(go_on);
  }
  auto read = parts_.reader.ReadBody(limit);
  absl::StatusOr<std::string_view> piece = co_await std::move(read);
  if (piece.ok()) bytes_received_ += piece->size();
  co_return piece;
}

asio::awaitable<absl::StatusOr<std::string>> Exchange::ReadWholeBody(
    std::uint64_t limit, BudgetShare& share) {
  // What is claimed bounds what is allocated, but may never come.
  CountedBytes body(share,
                    std::min(limit, head_.content_length.value_or(limit)));
  while (true) {
    auto read = ReadBody(limit);
    const absl::StatusOr<std::string_view> piece = co_await std::move(read);
    if (!piece.ok()) co_return piece.status();
    if (piece->empty()) co_return body.Take();
    if (!body.Append(*piece)) co_return BufferFullError(budget().limit());
  }
}

void Exchange::OnGone(std::function<void()> on_gone) {
  on_gone_ = std::move(on_gone);
  // While the body is being read, that shows who has gone.
  if (!parts_.reader.body_done()) return;
  parts_.reader.WatchForHangUp(
      [this] {
        status_ = answered() ? status_ : kClientClosedRequest;
        Gone();
      },
      [this] { return Probe(); });
}

std::optional<std::string_view> Exchange::Probe() {
  // No more requests will come.
  AnnounceClose();
  // Within a response nothing is of no account to its reader.
  if (head_sent_) return std::nullopt;
  // Any number of which precede a response.
  return head_.chunks_allowed ? kContinue : std::string_view();
}

void Exchange::OnStop(std::function<void()> on_stop) {
  on_stop_ = std::move(on_stop);
  if (stopped_) on_stop_();
}

void Exchange::Gone() {
  gone_ = true;
  keep_alive_ = false;
  if (const auto on_gone = std::exchange(on_gone_, nullptr)) on_gone();
}

void Exchange::AnnounceClose() {
  if (!head_sent_) keep_alive_ = false;
}

void Exchange::Stop() {
  stopped_ = true;
  AnnounceClose();
  if (on_stop_) on_stop_();
}

void Exchange::Break() {
  Gone();
  Stop();
}

asio::awaitable<void> Exchange::End() {
  auto stopped = parts_.reader.StopWatching();
  co_await std::move(stopped);
  on_gone_ = nullptr;
  on_stop_ = nullptr;
}

std::string Exchange::Head(const Response& response,
                           std::pair<std::string, std::string> framing) {
  head_sent_ = true;
  Headers more = headers_;
  if (!keep_alive_) {
    more.emplace_back("Connection", "close");
  } else if (!head_.chunks_allowed) {
    more.emplace_back("Connection", "keep-alive");
  }
  if (!framing.first.empty()) more.push_back(std::move(framing));
  return RenderHead(head_.chunks_allowed ? "HTTP/1.1" : "HTTP/1.0", response,
                    more);
}

asio::awaitable<bool> Exchange::WriteAll(std::string_view head,
                                         std::string_view content) {
  const TimePoint deadline =
      std::chrono::steady_clock::now() + parts_.limits.write_timeout;
  const std::vector<asio::const_buffer> buffers = {
      asio::buffer(head.data(), head.size()),
      asio::buffer(content.data(), content.size())};
  auto write = parts_.transport.Write(buffers, deadline);
  const IoResult result = co_await std::move(write);
  bytes_sent_ += result.bytes;
  if (result.error) keep_alive_ = false;
  co_return !result.error;
}

asio::awaitable<void> Exchange::Respond(Response response) {
  BudgetShare share(budget());
  if (response.body.size() > kSmallAnswer &&
      !share.TryGrow(response.body.capacity())) {
    auto fail = Fail(BufferFullError(budget().limit()));
    co_await std::move(fail);
    co_return;
  }
  // What is left of the body would be taken for the next request.
  if (!parts_.reader.body_done()) keep_alive_ = false;
  if (!answered()) status_ = response.status;
  std::pair<std::string, std::string> framing;
  if (AllowsBody(response.status)) {
    framing = {"Content-Length", absl::StrCat(response.content().size())};
  }
  const bool bare = head_.method == http::verb::head || framing.first.empty();
  const std::string head = Head(response, std::move(framing));
  auto write = WriteAll(head, bare ? std::string_view() : response.content());
  co_await std::move(write);
}

asio::awaitable<void> Exchange::Fail(absl::Status status) {
  if (absl::IsCancelled(status) && !gone_ && !HasReason(status, kHangUp)) {
    status = AsUnavailable(status);
  }
  error_ = status;
  HttpError error = ToHttpError(status, ErrorFormOf(head_.path));
  if (error.status == kClientClosedRequest) {
    // Nobody is there to read it.
    if (!answered()) status_ = error.status;
    keep_alive_ = false;
    co_return;
  }
  const int code = error.status;
  Response response = ErrorResponse(std::move(error));
  // The request may not have been understood to its end.
  if (code == 408) keep_alive_ = false;
  auto respond = Respond(std::move(response));
  co_await std::move(respond);
}

asio::awaitable<bool> Exchange::StartStream(Response head) {
  status_ = head.status;
  chunked_ = head_.chunks_allowed;
  until_close_ = !chunked_;
  // A body still coming is read beside the response.
  if (until_close_) keep_alive_ = false;
  bare_ = head_.method == http::verb::head;
  std::pair<std::string, std::string> framing;
  if (chunked_) framing = {"Transfer-Encoding", "chunked"};
  const std::string text = Head(head, std::move(framing));
  auto write = WriteAll(text, {});
  co_return co_await std::move(write);
}

asio::awaitable<bool> Exchange::WriteChunk(std::string_view chunk) {
  if (bare_) co_return false;
  if (chunk.empty()) co_return true;
  if (!chunked_) {
    auto write = WriteAll({}, chunk);
    co_return co_await std::move(write);
  }
  const std::string size = absl::StrCat(absl::Hex(chunk.size()), "\r\n");
  const std::string content = std::string(chunk) + "\r\n";
  auto write = WriteAll(size, content);
  co_return co_await std::move(write);
}

asio::awaitable<bool> Exchange::EndStream() {
  if (!parts_.reader.body_done()) keep_alive_ = false;
  if (!chunked_ || bare_) co_return true;
  auto write = WriteAll("0\r\n\r\n", {});
  co_return co_await std::move(write);
}

}  // namespace wanwu::gateway
