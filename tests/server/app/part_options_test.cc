#include "server/app/part_options.h"

#include "gtest/gtest.h"

namespace wanwu::app {
namespace {

TEST(PollerCountTest, IsOnePerFourLanesAndAtLeastTwo) {
  const ServerConfig config;

  EXPECT_EQ(PollerCount(config, 1), 2);
  EXPECT_EQ(PollerCount(config, 8), 2);
  EXPECT_EQ(PollerCount(config, 9), 3);
  EXPECT_EQ(PollerCount(config, 64), 16);
}

TEST(PollerCountTest, IsWhatTheUserSays) {
  ServerConfig config;
  config.pollers = 1;

  EXPECT_EQ(PollerCount(config, 64), 1);
}

}  // namespace
}  // namespace wanwu::app
