#include "common/signals/reload_signal.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>

namespace wanwu::signals {
namespace {

bool Readable(int descriptor) {
  pollfd event = {descriptor, POLLIN, 0};
  return poll(&event, 1, 0) == 1;
}

TEST(ReloadSignalTest, ASignalIsTakenOnce) {
  ReloadSignal reload;
  EXPECT_FALSE(Readable(reload.descriptor()));
  EXPECT_FALSE(reload.Take());

  raise(SIGHUP);

  EXPECT_TRUE(Readable(reload.descriptor()));
  EXPECT_TRUE(reload.Take());
  EXPECT_FALSE(Readable(reload.descriptor()));
  EXPECT_FALSE(reload.Take());
}

TEST(ReloadSignalTest, SeveralSignalsAreOne) {
  ReloadSignal reload;

  raise(SIGHUP);
  raise(SIGHUP);

  EXPECT_TRUE(reload.Take());
  EXPECT_FALSE(reload.Take());
}

TEST(ReloadSignalTest, TheNextOneComesToo) {
  ReloadSignal reload;
  raise(SIGHUP);
  ASSERT_TRUE(reload.Take());

  raise(SIGHUP);

  EXPECT_TRUE(reload.Take());
}

TEST(ReloadSignalTest, BeforeAndAfterASignalEndsNothing) {
  IgnoreHangUp();
  raise(SIGHUP);
  { const ReloadSignal reload; }
  raise(SIGHUP);
}

}  // namespace
}  // namespace wanwu::signals
