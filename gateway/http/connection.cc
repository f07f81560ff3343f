#include "gateway/http/connection.h"

#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "gateway/errors/gateway_error.h"
#include "gateway/errors/http_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

// What a request without a readable head is answered as.
RequestHead UnreadableHead() {
  RequestHead head;
  head.keep_alive = false;
  return head;
}

}  // namespace

Connection::Connection(const ConnectionServices& services,
                       std::unique_ptr<Transport> transport,
                       std::unique_ptr<ConnectionLimit::Place> place)
    : services_(services),
      transport_(std::move(transport)),
      place_(std::move(place)),
      reader_(*transport_, services.limits, services.budget) {}

void Connection::Wait() {
  place_->Wait([executor = transport_->executor(), weak = weak_from_this()] {
    asio::post(executor, [weak] {
      if (const auto connection = weak.lock()) connection->Close();
    });
  });
}

asio::awaitable<bool> Connection::Handshake() {
  auto handshake =
      transport_->Handshake(Clock::now() + services_.limits.header_timeout);
  const IoResult result = co_await std::move(handshake);
  co_return !result.error;
}

asio::awaitable<void> Connection::Serve() {
  Wait();
  auto handshake = Handshake();
  bool open = co_await std::move(handshake);
  while (open) {
    auto read = reader_.ReadHead();
    absl::StatusOr<std::optional<RequestHead>> head = co_await std::move(read);
    if (!place_->StopWaiting()) break;
    if (!head.ok()) {
      auto answer = AnswerUnread(head.status());
      co_await std::move(answer);
      break;
    }
    if (!head->has_value()) break;
    auto serve = ServeOne(**std::move(head));
    open = co_await std::move(serve);
    if (open) Wait();
  }
  transport_->Close();
}

asio::awaitable<bool> Connection::ServeOne(RequestHead head) {
  const auto start = Clock::now();
  Exchange exchange({.transport = *transport_,
                     .reader = reader_,
                     .limits = services_.limits,
                     .budget = services_.budget,
                     .tracer = services_.tracer},
                    std::move(head));
  exchange_ = &exchange;
  if (closing_) exchange.AnnounceClose();
  if (stopping_) exchange.Stop();
  std::string route;
  std::string fault;
  try {
    auto handle = services_.router.Handle(exchange);
    route = co_await std::move(handle);
  } catch (const std::exception& error) {
    fault = error.what();
  }
  if (!fault.empty() && !exchange.answered()) {
    auto fail = exchange.Fail(
        GatewayError(absl::StatusCode::kInternal, kInternal, fault));
    co_await std::move(fail);
  }
  auto end = exchange.End();
  co_await std::move(end);
  exchange_ = nullptr;
  reader_.LetGo();
  services_.observer.OnExchange(exchange, route, Clock::now() - start);
  const bool go_on = exchange.keep_alive() && fault.empty();
  // Who did not ask for the end may have sent more, which must not cost the
  // answer.
  if (!go_on && (exchange.head().keep_alive || !reader_.body_done())) {
    auto linger = reader_.Linger();
    co_await std::move(linger);
  }
  co_return go_on;
}

asio::awaitable<void> Connection::AnswerUnread(absl::Status status) {
  const int code = ToHttpError(status).status;
  Exchange exchange({.transport = *transport_,
                     .reader = reader_,
                     .limits = services_.limits,
                     .budget = services_.budget},
                    UnreadableHead());
  auto fail = exchange.Fail(std::move(status));
  co_await std::move(fail);
  services_.observer.OnRefused(code);
  auto linger = reader_.Linger();
  co_await std::move(linger);
}

void Connection::Close() {
  transport_->Close();
  if (exchange_ != nullptr) exchange_->Break();
}

void Connection::AnnounceClose() {
  closing_ = true;
  if (exchange_ != nullptr) exchange_->AnnounceClose();
}

void Connection::Stop(TimePoint announced, TimePoint latest) {
  closing_ = true;
  stopping_ = true;
  reader_.WaitNoLonger(announced, latest);
  if (exchange_ != nullptr) exchange_->Stop();
}

}  // namespace wanwu::gateway
