#include "client/lib/server_addresses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wanwu::client {
namespace {

using ::testing::ElementsAre;

TEST(ServerAddressesTest, OneAddressIsTakenAsItIs) {
  for (const char* address :
       {"127.0.0.1:1", "[::1]:1", "images:8500", "unix:/run/wanwu.sock"}) {
    EXPECT_TRUE(CheckAddresses(address).ok()) << address;
    EXPECT_EQ(TargetOf(address), address);
  }
}

TEST(ServerAddressesTest, SeveralAddressesAreNamedByTheirKind) {
  EXPECT_EQ(TargetOf("10.0.0.1:1,10.0.0.2:2"), "ipv4:10.0.0.1:1,10.0.0.2:2");
  EXPECT_EQ(TargetOf("[::1]:1,[::2]:2"), "ipv6:[::1]:1,[::2]:2");
  EXPECT_THAT(SplitAddresses("a:1,b:2"), ElementsAre("a:1", "b:2"));
}

TEST(ServerAddressesTest, SeveralMustBeOfOneKind) {
  for (const char* addresses :
       {"10.0.0.1:1,[::1]:1", "10.0.0.1:1,images:8500",
        "unix:/run/a,unix:/run/b", "[::1:1,[::2]:1", "10.0.0.1:1,"}) {
    EXPECT_FALSE(CheckAddresses(addresses).ok()) << addresses;
  }
}

}  // namespace
}  // namespace wanwu::client
