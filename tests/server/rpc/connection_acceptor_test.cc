#include "server/rpc/connection_acceptor.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::rpc {
namespace {

using testing::HasSubstr;

// Stands for gRPC: keeps each connection until it is broken off.
class FakeGrpc {
 public:
  ~FakeGrpc() {
    closer_ = {};
    for (const int descriptor : open_) close(descriptor);
  }

  void Take(int descriptor) {
    const std::lock_guard lock(mutex_);
    if (!stuck_) CloseBrokenLocked();
    open_.push_back(descriptor);
    most_ = std::max(most_, static_cast<int>(open_.size()));
    ++taken_;
    changed_.notify_all();
  }

  void WaitUntilTaken(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return taken_ >= count; });
  }

  // Closes nothing from now on.
  void BecomeStuck() {
    const std::lock_guard lock(mutex_);
    stuck_ = true;
  }

  // Closes only now and then, but also when nobody calls.
  void BecomeSlow() {
    BecomeStuck();
    closer_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        const std::lock_guard lock(mutex_);
        CloseBrokenLocked();
      }
    });
  }

  // So many were open at once.
  int most() {
    const std::lock_guard lock(mutex_);
    return most_;
  }

  int open() {
    const std::lock_guard lock(mutex_);
    if (!stuck_) CloseBrokenLocked();
    return static_cast<int>(open_.size());
  }

 private:
  void CloseBrokenLocked() {
    std::erase_if(open_, [](int descriptor) {
      // Of both directions: a caller alone cannot end the one to him.
      pollfd event = {descriptor, 0, 0};
      const bool broken =
          poll(&event, 1, 0) == 1 && (event.revents & POLLHUP) != 0;
      if (broken) close(descriptor);
      return broken;
    });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int> open_;
  int taken_ = 0;
  int most_ = 0;
  bool stuck_ = false;
  std::jthread closer_;
};

class ConnectionAcceptorTest : public testing::Test {
 protected:
  ~ConnectionAcceptorTest() override {
    for (const int caller : callers_) close(caller);
  }

  void Start(int max_connections) {
    Listening listening = ListenOn("127.0.0.1:0").value();
    port_ = listening.port();
    acceptor_ = std::make_unique<ConnectionAcceptor>(
        ConnectionAcceptor::Options{
            .max_connections = max_connections,
            .hand_over = [this](int descriptor) { grpc_.Take(descriptor); }},
        std::move(listening), error_log_, counters_);
    acceptor_->Start();
  }

  // False if nobody listens.
  bool Call() {
    callers_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port_));
    return connect(callers_.back(), reinterpret_cast<sockaddr*>(&address),
                   sizeof(address)) == 0;
  }

  // Returns once the connection has been handed over.
  void CallAndHangUp() {
    ASSERT_TRUE(Call());
    grpc_.WaitUntilTaken(++hung_up_);
    close(callers_.back());
    callers_.pop_back();
  }

  FakeGrpc grpc_;
  std::ostringstream text_;
  logging::Logger log_{{}, text_};
  logging::RateLimitedLog error_log_{log_, 5};
  ConnectionCounters counters_;
  int port_ = 0;
  std::vector<int> callers_;
  int hung_up_ = 0;
  std::unique_ptr<ConnectionAcceptor> acceptor_;
};

TEST_F(ConnectionAcceptorTest, HandsEachConnectionOver) {
  Start(0);

  ASSERT_TRUE(Call());
  ASSERT_TRUE(Call());
  grpc_.WaitUntilTaken(2);

  EXPECT_EQ(grpc_.open(), 2);
  EXPECT_EQ(counters_.accepted.load(), 2);
}

TEST_F(ConnectionAcceptorTest, ClosesTheIdlestBeyondTheLimitAndSaysSo) {
  Start(3);

  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(Call());
    grpc_.WaitUntilTaken(i + 1);
  }
  acceptor_->Stop();

  EXPECT_EQ(grpc_.open(), 3);
  EXPECT_EQ(counters_.closed_for_room.load(), 7);
  EXPECT_EQ(counters_.limit.load(), 3);
  EXPECT_THAT(text_.str(), HasSubstr("connections_closed_for_room closed=1"));
  // The last caller is still connected.
  pollfd event = {callers_.back(), POLLRDHUP, 0};
  EXPECT_EQ(poll(&event, 1, 0), 0);
}

TEST_F(ConnectionAcceptorTest, StopRefusesCallersAndKeepsConnections) {
  Start(0);
  ASSERT_TRUE(Call());
  grpc_.WaitUntilTaken(1);

  acceptor_->Stop();

  EXPECT_FALSE(Call());
  EXPECT_EQ(grpc_.open(), 1);
}

// Puts the limit of descriptors back at its end.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    // The soft limit alone would be raised again.
    const rlimit changed = {limit, limit};
    set_ = setrlimit(RLIMIT_NOFILE, &changed) == 0;
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

  bool set() const { return set_; }

 private:
  rlimit before_ = {};
  bool set_ = false;
};

// The last ones, since not everybody may raise a hard limit again.
TEST_F(ConnectionAcceptorTest, KeepsSomeDescriptorsForOthers) {
  constexpr int kLimit = 200;
  const DescriptorLimit limit(kLimit);
  ASSERT_TRUE(limit.set());
  grpc_.BecomeSlow();
  Start(0);

  for (int i = 0; i < 2 * kLimit; ++i) CallAndHangUp();
  acceptor_->Stop();

  EXPECT_GT(counters_.closed_for_room.load(), 0);
  EXPECT_LE(counters_.limit.load(), kLimit - kLimit / 8);
  // The newest is there before another one goes.
  EXPECT_LE(grpc_.most(), counters_.limit.load() + 1);
}

TEST_F(ConnectionAcceptorTest, ClosesNoMoreWhileDescriptorsAreComingBack) {
  const DescriptorLimit limit(200);
  ASSERT_TRUE(limit.set());
  grpc_.BecomeStuck();
  Start(0);

  for (int i = 0; i < counters_.limit + 6; ++i) CallAndHangUp();
  acceptor_->Stop();

  EXPECT_GT(counters_.closed_for_room.load(), 0);
  EXPECT_LE(counters_.closed_for_room.load(), 1 + grpc_.open() / 16);
}

}  // namespace
}  // namespace wanwu::rpc
