#include "gateway/api/status_handler.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "client/lib/proto_json.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/http/media_type.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

constexpr char kEventStream[] = "text/event-stream";

using StatusEvent = std::variant<v1::ServerStatus, client::StreamEnd>;
using StatusEvents = Mailbox<StatusEvent>;

absl::Status EndStatus(const StatusEvent& event) {
  const absl::Status status = std::get<client::StreamEnd>(event).status;
  if (!status.ok()) return status;
  return GatewayError(absl::StatusCode::kUnavailable, kServerUnreachable,
                      "the server ended the stream");
}

// False: the caller is gone.
asio::awaitable<bool> WriteEvent(Exchange& exchange,
                                 const v1::ServerStatus& status) {
  if (!exchange.streaming()) {
    auto start =
        exchange.StartStream({.headers = {{"Content-Type", kEventStream},
                                          {"Cache-Control", "no-store"},
                                          {"X-Accel-Buffering", "no"}}});
    const bool open = co_await std::move(start);
    if (!open) co_return false;
  }
  const std::string text =
      absl::StrCat("data: ", client::ToJson(status), "\n\n");
  auto write = exchange.WriteChunk(text);
  co_return co_await std::move(write);
}

// Until the stream ends, by itself or because it was cancelled.
asio::awaitable<void> Relay(Exchange& exchange, StatusEvents& events,
                            client::AsyncCall& call) {
  bool open = true;
  while (true) {
    auto next = events.Next();
    const std::optional<StatusEvent> event = co_await std::move(next);
    const auto* status = std::get_if<v1::ServerStatus>(&*event);
    if (status == nullptr) {
      if (exchange.streaming()) {
        auto end = exchange.EndStream();
        co_await std::move(end);
      } else {
        auto fail = exchange.Fail(EndStatus(*event));
        co_await std::move(fail);
      }
      co_return;
    }
    if (!open) continue;
    auto write = WriteEvent(exchange, *status);
    open = co_await std::move(write);
    if (!open) call.Cancel();
  }
}

asio::awaitable<void> AnswerOnce(Exchange& exchange, StatusEvents& events,
                                 client::AsyncCall& call) {
  auto next = events.Next();
  std::optional<StatusEvent> event = co_await std::move(next);
  if (const auto* status = std::get_if<v1::ServerStatus>(&*event)) {
    call.Cancel();
    auto respond =
        exchange.Respond(JsonResponse(client::ToJson(*status) + "\n"));
    co_await std::move(respond);
  } else {
    auto fail = exchange.Fail(EndStatus(*event));
    co_await std::move(fail);
    co_return;
  }
  while (std::holds_alternative<v1::ServerStatus>(*event)) {
    auto rest = events.Next();
    event = co_await std::move(rest);
  }
}

asio::awaitable<void> AnswerStatus(client::AsyncClient& client,
                                   const CallDefaults& defaults,
                                   Exchange& exchange) {
  const bool stream = Accepts(exchange.head().Header("Accept"), kEventStream);
  const absl::StatusOr<client::CallOptions> options = CallOptionsFor(
      exchange, "wanwu.v1.ImageClassifier/WatchStatus", defaults,
      stream ? DefaultDeadline::kNone : DefaultDeadline::kConfigured);
  if (!options.ok()) {
    auto fail = exchange.Fail(options.status());
    co_await std::move(fail);
    co_return;
  }
  StatusEvents events(exchange.executor());
  const auto call = client.WatchStatus({}, *options, events.Sender());
  exchange.OnGone([call] { call->Cancel(); });
  if (stream) exchange.OnStop([call] { call->Cancel(); });
  auto answer = stream ? Relay(exchange, events, *call)
                       : AnswerOnce(exchange, events, *call);
  co_await std::move(answer);
}

}  // namespace

Handler ServeStatus(client::AsyncClient& client, const CallDefaults& defaults) {
  return
      [&client, defaults](Exchange& exchange, const PathParameters& /*none*/) {
        return AnswerStatus(client, defaults, exchange);
      };
}

}  // namespace wanwu::gateway
