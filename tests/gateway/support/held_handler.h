#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "gateway/http/mailbox.h"
#include "gateway/http/router.h"
#include "tests/support/gate.h"

namespace wanwu::test {

// A handler that waits, with OnGone() set, until the test lets it go or the
// caller has gone, and then answers "done". For one request.
class HeldHandler {
 public:
  // Set before the request.
  bool goes_with_the_caller = true;
  // Sends the response's head before it waits, and nothing after.
  bool begins_the_answer = false;

  gateway::Handler Get() {
    return [this](gateway::Exchange& exchange, const gateway::PathParameters&) {
      return Run(exchange);
    };
  }

  // Blocks until the request has come.
  void AwaitHeld() { held_.AwaitAtLeast(1); }
  // Blocks until the handler was told that the caller has gone.
  void AwaitGone() { gone_.AwaitAtLeast(1); }
  int gone() { return gone_.count(); }

  // After AwaitHeld().
  void LetGo() { let_go_(true); }

 private:
  boost::asio::awaitable<void> Run(gateway::Exchange& exchange) {
    gateway::Mailbox<bool> mail(exchange.executor());
    let_go_ = mail.Sender();
    exchange.OnGone([this] {
      gone_.Add();
      if (goes_with_the_caller) let_go_(true);
    });
    if (begins_the_answer) {
      gateway::Response head;
      auto start = exchange.StartStream(std::move(head));
      co_await std::move(start);
    }
    held_.Add();
    auto next = mail.Next();
    co_await std::move(next);
    if (begins_the_answer) {
      auto end = exchange.EndStream();
      co_await std::move(end);
      co_return;
    }
    gateway::Response response{.body = "done"};
    auto respond = exchange.Respond(std::move(response));
    co_await std::move(respond);
  }

  test_support::Counter held_;
  test_support::Counter gone_;
  std::function<void(bool)> let_go_;
};

}  // namespace wanwu::test
