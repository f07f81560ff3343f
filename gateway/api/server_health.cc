#include "gateway/api/server_health.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>
#include <variant>

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using grpc::health::v1::HealthCheckResponse;

// Before the next try to reach a server that is not there.
constexpr std::chrono::milliseconds kPause{250};

// Before the next server is asked where one has stopped serving. In that time
// the channel has heard of it, too.
constexpr std::chrono::milliseconds kSuccession{50};
// In which the next one must answer.
constexpr std::chrono::milliseconds kSuccessorAnswers{1000};

}  // namespace

ServerHealth::ServerHealth(client::AsyncClient& client,
                           asio::any_io_executor executor,
                           client::CallOptions options,
                           client::ServerChoice choice)
    : client_(client),
      options_(std::move(options)),
      choice_(choice),
      executor_(std::move(executor)),
      pause_(executor_) {
  asio::co_spawn(executor_, Watch(), [this](std::exception_ptr) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    end_.notify_all();
  });
}

asio::awaitable<void> ServerHealth::Watch() {
  while (!stopped_) {
    auto watch = WatchOnce();
    const bool served = co_await std::move(watch);
    if (stopped_) break;
    pause_.expires_after(served ? kSuccession : kPause);
    auto wait = pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(wait);
  }
}

asio::awaitable<bool> ServerHealth::WatchOnce() {
  using Event = std::variant<HealthCheckResponse, client::StreamEnd>;
  Mailbox<Event> events(executor_);
  call_ = client_.WatchHealth("", options_, events.Sender());
  TimePoint deadline = std::chrono::steady_clock::now() + kSuccessorAnswers;
  bool serves = false;
  bool served = false;
  bool left = false;
  while (true) {
    auto next = events.Next(deadline);
    const std::optional<Event> event = co_await std::move(next);
    deadline = TimePoint::max();
    if (!event.has_value()) {
      state_.store(State::kUnreachable);
      continue;
    }
    const auto* response = std::get_if<HealthCheckResponse>(&*event);
    if (response == nullptr) break;
    serves = response->status() == HealthCheckResponse::SERVING;
    if (!serves && choice_ != client::ServerChoice::kOne) {
      left = true;
      call_->Cancel();
      if (served) continue;
    }
    served = served || serves;
    state_.store(serves ? State::kServing : State::kNotServing);
  }
  call_ = nullptr;
  const bool succession = served && (serves || left);
  if (!succession && !left) state_.store(State::kUnreachable);
  co_return succession;
}

absl::Status ServerHealth::Ready() const {
  if (draining_.load()) {
    return GatewayError(absl::StatusCode::kUnavailable, kDraining,
                        "the gateway is draining");
  }
  switch (state()) {
    case State::kServing:
      return absl::OkStatus();
    case State::kNotServing:
      return GatewayError(absl::StatusCode::kUnavailable, kServerNotServing,
                          "the server is loading its models or draining");
    case State::kUnreachable:
      break;
  }
  return GatewayError(absl::StatusCode::kUnavailable, kServerUnreachable,
                      "the server cannot be reached");
}

void ServerHealth::Stop() {
  asio::post(executor_, [this] {
    stopped_ = true;
    if (call_ != nullptr) call_->Cancel();
    pause_.cancel();
  });
  std::unique_lock lock(mutex_);
  end_.wait(lock, [this] { return ended_; });
}

Handler ServeLiveness() {
  return [](Exchange& exchange, const PathParameters& /*none*/) {
    return exchange.Respond(JsonResponse("{\"status\":\"alive\"}\n"));
  };
}

namespace {

asio::awaitable<void> AnswerReadiness(const ServerHealth& health,
                                      Exchange& exchange) {
  const absl::Status ready = health.Ready();
  auto answer = ready.ok()
                    ? exchange.Respond(JsonResponse("{\"status\":\"ready\"}\n"))
                    : exchange.Fail(ready);
  co_await std::move(answer);
}

}  // namespace

Handler ServeReadiness(const ServerHealth& health) {
  return [&health](Exchange& exchange, const PathParameters& /*none*/) {
    return AnswerReadiness(health, exchange);
  };
}

}  // namespace wanwu::gateway
