#include "client/lib/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::client {
namespace {

using ::testing::HasSubstr;

std::string Token() { return "token"; }

TEST(ChannelTest, KnowsWhatStaysOnThisMachine) {
  for (const char* address :
       {"127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1",
        "unix:/run/wanwu.sock", "127.0.0.1:1,127.0.0.2:1"}) {
    EXPECT_TRUE(StaysOnThisMachine(address)) << address;
  }
  for (const char* address :
       {"0.0.0.0:1", "128.0.0.1:1", "[::2]:1", "localhost.example.org:1",
        "127.0.0.1.org:1", "127.0.0.1:1,10.0.0.1:1"}) {
    EXPECT_FALSE(StaysOnThisMachine(address)) << address;
  }
}

TEST(ChannelTest, SendsNoTokenInTheClearToAnotherMachine) {
  ChannelOptions options{.address = "images:8500", .token = &Token};
  EXPECT_THAT(std::string(CheckChannel(options).message()),
              HasSubstr("in the clear to images:8500"));

  options.tls = ChannelTls();
  EXPECT_TRUE(CheckChannel(options).ok());

  options = {.address = "[::1]:8500", .token = &Token};
  EXPECT_TRUE(CheckChannel(options).ok());
}

TEST(ChannelTest, NamesAFileThatCannotBeUsed) {
  ChannelOptions options{.address = "images:8500"};
  options.tls = ChannelTls{.files = {.authorities = "/none/ca.pem"}};

  EXPECT_THAT(std::string(CheckChannel(options).message()),
              HasSubstr("cannot read /none/ca.pem"));
}

}  // namespace
}  // namespace wanwu::client
