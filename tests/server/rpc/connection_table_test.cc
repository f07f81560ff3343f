#include "server/rpc/connection_table.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "gtest/gtest.h"

namespace wanwu::rpc {
namespace {

using std::chrono::seconds;

// Two ends of a connection: the server's, which the table knows, and its
// caller's.
class Pair {
 public:
  Pair() {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0) {
      ADD_FAILURE() << "no socket pair";
    }
  }
  ~Pair() {
    Close();
    close(ends_[1]);
  }

  int server() const { return ends_[0]; }
  void Say() const { EXPECT_EQ(write(ends_[1], "x", 1), 1); }
  void Hear() const {
    char byte = 0;
    EXPECT_EQ(read(ends_[0], &byte, 1), 1);
  }
  bool broken_off() const {
    pollfd event = {ends_[1], POLLRDHUP, 0};
    return poll(&event, 1, 0) == 1;
  }
  // As gRPC does.
  void Close() {
    if (ends_[0] >= 0) close(ends_[0]);
    ends_[0] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class ConnectionTableTest : public testing::Test {
 protected:
  ConnectionTableTest() {
    table_.Add(first_.server(), now_);
    table_.Add(second_.server(), now_ + seconds(1));
    table_.Add(third_.server(), now_ + seconds(2));
    table_.Refresh(now_ + seconds(3));
  }

  ConnectionTable::Time now_{};
  Pair first_;
  Pair second_;
  Pair third_;
  ConnectionTable table_;
};

TEST_F(ConnectionTableTest, CountsWhatIsOpen) { EXPECT_EQ(table_.open(), 3); }

TEST_F(ConnectionTableTest, ForgetsWhatWasClosed) {
  second_.Close();
  table_.Refresh(now_ + seconds(4));

  EXPECT_EQ(table_.open(), 2);
}

TEST_F(ConnectionTableTest, ForgetsANumberThatBecameSomethingElse) {
  const int number = second_.server();
  ASSERT_EQ(dup2(STDIN_FILENO, number), number);
  table_.Refresh(now_ + seconds(4));

  EXPECT_EQ(table_.open(), 2);
}

TEST_F(ConnectionTableTest, ClosesTheOneThatWasSilentForLongest) {
  first_.Say();
  third_.Say();
  table_.Refresh(now_ + seconds(4));

  EXPECT_EQ(table_.CloseIdlest(1), 1);

  EXPECT_FALSE(first_.broken_off());
  EXPECT_TRUE(second_.broken_off());
  EXPECT_FALSE(third_.broken_off());
}

TEST_F(ConnectionTableTest, HearsWhatWasReadBeforeItLooked) {
  first_.Say();
  first_.Hear();
  table_.Refresh(now_ + seconds(4));

  table_.CloseIdlest(2);

  EXPECT_FALSE(first_.broken_off());
}

TEST_F(ConnectionTableTest, WhatItHeardOnceDoesNotCountAgain) {
  first_.Say();
  table_.Refresh(now_ + seconds(4));
  second_.Say();
  third_.Say();
  table_.Refresh(now_ + seconds(5));

  table_.CloseIdlest(1);

  EXPECT_TRUE(first_.broken_off());
}

TEST_F(ConnectionTableTest, CloseIsAskedForOnce) {
  EXPECT_EQ(table_.CloseIdlest(2), 2);
  EXPECT_EQ(table_.closing(), 2);
  EXPECT_EQ(table_.CloseIdlest(5), 1);
  EXPECT_EQ(table_.CloseIdlest(5), 0);
}

TEST_F(ConnectionTableTest, ClosedOnesAreNoLongerClosing) {
  table_.CloseIdlest(3);
  first_.Close();
  second_.Close();
  table_.Refresh(now_ + seconds(4));

  EXPECT_EQ(table_.open(), 1);
  EXPECT_EQ(table_.closing(), 1);
}

TEST_F(ConnectionTableTest, NewConnectionReplacesTheClosedOneOfItsNumber) {
  table_.CloseIdlest(3);
  const int number = first_.server();
  Pair fresh;
  ASSERT_EQ(dup2(fresh.server(), number), number);
  table_.Add(number, now_ + seconds(4));

  EXPECT_EQ(table_.open(), 3);
  EXPECT_EQ(table_.closing(), 2);
}

}  // namespace
}  // namespace wanwu::rpc
