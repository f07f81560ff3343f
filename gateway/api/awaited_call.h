#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "client/lib/async_call.h"
#include "gateway/api/call_metadata.h"
#include "gateway/http/exchange.h"
#include "gateway/http/mailbox.h"

namespace wanwu::gateway {

// Makes a unary call with the options of CallOptionsFor(), and waits for its
// end; a caller who hangs up cancels it. `start` takes the options and the
// call's listener and gives the call.
template <typename Message, typename Start>
boost::asio::awaitable<absl::StatusOr<Message>> AwaitCall(
    Exchange& exchange, std::string_view method, const CallDefaults& defaults,
    Start start) {
  const absl::StatusOr<client::CallOptions> options =
      CallOptionsFor(exchange, method, defaults, DefaultDeadline::kConfigured);
  if (!options.ok()) co_return options.status();
  Mailbox<absl::StatusOr<Message>> answers(exchange.executor());
  const std::shared_ptr<client::AsyncCall> call =
      start(*options, answers.Sender());
  exchange.OnGone([call] { call->Cancel(); });
  auto next = answers.Next();
  std::optional<absl::StatusOr<Message>> answer = co_await std::move(next);
  exchange.trace().EndCall(answer->status());
  co_return *std::move(answer);
}

}  // namespace wanwu::gateway
