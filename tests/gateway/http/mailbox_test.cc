#include "gateway/http/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <thread>
#include <vector>

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using ::testing::ElementsAre;

asio::awaitable<void> Collect(Mailbox<int>& mailbox, std::size_t count,
                              std::vector<int>& values) {
  while (values.size() < count) {
    auto next = mailbox.Next();
    const std::optional<int> value = co_await std::move(next);
    values.push_back(*value);
  }
}

asio::awaitable<void> NextUntil(Mailbox<int>& mailbox, TimePoint deadline,
                                std::optional<int>& value) {
  auto next = mailbox.Next(deadline);
  value = co_await std::move(next);
}

TEST(MailboxTest, GivesValuesInTheOrderOfArrival) {
  asio::io_context context;
  Mailbox<int> mailbox(context.get_executor());
  const auto send = mailbox.Sender();
  std::vector<int> values;
  asio::co_spawn(context, Collect(mailbox, 3, values), asio::detached);

  send(1);
  send(2);
  send(3);
  context.run();

  EXPECT_THAT(values, ElementsAre(1, 2, 3));
}

TEST(MailboxTest, WakesACoroutineThatWaits) {
  asio::io_context context;
  Mailbox<int> mailbox(context.get_executor());
  std::vector<int> values;
  asio::co_spawn(context, Collect(mailbox, 1, values), asio::detached);
  context.poll();
  ASSERT_TRUE(values.empty());

  mailbox.Sender()(7);
  context.run();

  EXPECT_THAT(values, ElementsAre(7));
}

TEST(MailboxTest, GivesNothingOnceTheDeadlineHasPassed) {
  asio::io_context context;
  Mailbox<int> mailbox(context.get_executor());
  std::optional<int> value = 1;
  asio::co_spawn(context,
                 NextUntil(mailbox, std::chrono::steady_clock::now(), value),
                 asio::detached);

  context.run();

  EXPECT_EQ(value, std::nullopt);
}

TEST(MailboxTest, PrefersAValueToAnExpiredDeadline) {
  asio::io_context context;
  Mailbox<int> mailbox(context.get_executor());
  mailbox.Sender()(5);
  context.poll();
  context.restart();
  std::optional<int> value;
  asio::co_spawn(context,
                 NextUntil(mailbox, std::chrono::steady_clock::now(), value),
                 asio::detached);

  context.run();

  EXPECT_EQ(value, 5);
}

TEST(MailboxTest, TakesValuesFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kValues = 2000;
  asio::io_context context;
  Mailbox<int> mailbox(context.get_executor());
  std::vector<int> values;
  asio::co_spawn(context, Collect(mailbox, kThreads * kValues, values),
                 asio::detached);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([send = mailbox.Sender()] {
      for (int value = 0; value < kValues; ++value) send(value);
    });
  }
  context.run();
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(values.size(), static_cast<std::size_t>(kThreads * kValues));
}

TEST(MailboxTest, DropsValuesThatComeWhenItIsGone) {
  asio::io_context context;
  std::optional<Mailbox<int>> mailbox(context.get_executor());
  const auto send = mailbox->Sender();
  send(1);
  mailbox.reset();

  send(2);

  EXPECT_EQ(context.run(), 2U);
}

TEST(MailboxTest, SendersMayOutliveTheExecutor) {
  std::function<void(int)> send;
  {
    asio::io_context context;
    Mailbox<int> mailbox(context.get_executor());
    send = mailbox.Sender();
  }

  send = nullptr;
}

}  // namespace
}  // namespace wanwu::gateway
