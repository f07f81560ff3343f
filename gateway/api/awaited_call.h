#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "client/lib/async_call.h"
#include "gateway/http/exchange.h"
#include "gateway/http/mailbox.h"

namespace wanwu::gateway {

// Starts the call that an exchange's CallOptionsFor() began, and waits for its
// end; a caller who hangs up cancels it. `start` takes the call's listener and
// gives the call.
template <typename Message, typename Start>
boost::asio::awaitable<absl::StatusOr<Message>> AwaitCall(Exchange& exchange,
                                                          Start start) {
  Mailbox<absl::StatusOr<Message>> answers(exchange.executor());
  const std::shared_ptr<client::AsyncCall> call = start(answers.Sender());
  exchange.OnGone([call] { call->Cancel(); });
  auto next = answers.Next();
  std::optional<absl::StatusOr<Message>> answer = co_await std::move(next);
  exchange.trace().EndCall(answer->status());
  co_return *std::move(answer);
}

}  // namespace wanwu::gateway
