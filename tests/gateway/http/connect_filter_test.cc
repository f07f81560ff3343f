#include "gateway/http/connect_filter.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace wanwu::gateway {
namespace {

// Long enough for a handshake over loopback, which takes microseconds.
constexpr int kWhileMs = 100;

class ConnectFilterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(bind(listening_, Address(), sizeof(address_)), 0);
    ASSERT_EQ(listen(listening_, 8), 0);
    socklen_t size = sizeof(address_);
    ASSERT_EQ(getsockname(listening_, Address(), &size), 0);
  }

  ~ConnectFilterTest() override {
    for (const int socket : {listening_, first_, second_}) close(socket);
  }

  sockaddr* Address() { return reinterpret_cast<sockaddr*>(&address_); }

  // Can the socket be used within a while?
  static bool Ready(int socket, short events) {
    pollfd wanted = {socket, events, 0};
    return poll(&wanted, 1, kWhileMs) == 1 && (wanted.revents & events) != 0;
  }

  sockaddr_in address_ = {};
  int listening_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int first_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int second_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
};

TEST_F(ConnectFilterTest, LetsNobodyInButThoseWhoHaveBegun) {
  connect(first_, Address(), sizeof(address_));
  ASSERT_TRUE(Ready(first_, POLLOUT));

  if (!IgnoreNewConnects(listening_)) GTEST_SKIP() << "no socket filters here";

  connect(second_, Address(), sizeof(address_));
  EXPECT_FALSE(Ready(second_, POLLOUT));
  const int accepted = accept(listening_, nullptr, nullptr);
  ASSERT_GE(accepted, 0);
  ASSERT_EQ(send(first_, "x", 1, 0), 1);
  EXPECT_TRUE(Ready(accepted, POLLIN));
  close(accepted);
  EXPECT_LT(accept(listening_, nullptr, nullptr), 0);
}

}  // namespace
}  // namespace wanwu::gateway
