#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace wanwu::gateway {

using TimePoint = boost::asio::steady_timer::time_point;

// Carries values from any thread to one coroutine. Values that come when the
// mailbox is gone are dropped.
template <typename T>
class Mailbox {
 public:
  // Whoever calls Next() runs on `executor`, which uses one thread.
  explicit Mailbox(boost::asio::any_io_executor executor)
      : executor_(std::move(executor)),
        arrival_(executor_),
        state_(std::make_shared<State>()) {
    state_->arrival = &arrival_;
  }
  ~Mailbox() { state_->arrival = nullptr; }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Something that may be copied to any thread and called there.
  auto Sender() const {
    return [executor = executor_, state = state_](T value) {
      boost::asio::post(executor, [state, value = std::move(value)]() mutable {
        if (state->arrival == nullptr) return;
        state->values.push_back(std::move(value));
        state->arrival->cancel();
      });
    };
  }

  // The next value in the order of arrival; nullopt if none came in time.
  boost::asio::awaitable<std::optional<T>> Next(
      TimePoint deadline = TimePoint::max()) {
    State& state = *state_;
    while (state.values.empty()) {
      arrival_.expires_at(deadline);
      auto arrival = arrival_.async_wait(
          boost::asio::as_tuple(boost::asio::use_awaitable));
      const auto [error] = co_await std::move(arrival);
      if (!error && state.values.empty()) co_return std::nullopt;
    }
    std::optional<T> value = std::move(state.values.front());
    state.values.pop_front();
    co_return value;
  }

 private:
  // For the executor's thread, but shared with senders, which may outlive the
  // executor: so it holds nothing of asio's.
  struct State {
    // Null: the mailbox is gone.
    boost::asio::steady_timer* arrival = nullptr;
    std::deque<T> values;
  };

  const boost::asio::any_io_executor executor_;
  // Cancelled when a value has come.
  boost::asio::steady_timer arrival_;
  const std::shared_ptr<State> state_;
};

}  // namespace wanwu::gateway
