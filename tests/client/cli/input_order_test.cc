#include "client/cli/input_order.h"

#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

PictureResult Named(const std::string& file) {
  return {file, v1::ClassifyResponse()};
}

TEST(InputOrderTest, HoldsAResultUntilThoseBeforeItAreTaken) {
  InputOrder order(8);

  order.Add(1, Named("b"));
  EXPECT_FALSE(order.TakeNext());
  order.Add(0, Named("a"));

  EXPECT_EQ(order.TakeNext()->file, "a");
  EXPECT_EQ(order.TakeNext()->file, "b");
  EXPECT_FALSE(order.TakeNext());
}

TEST(InputOrderTest, HasRoomForAWindowAfterTheLastTaken) {
  InputOrder order(2);

  EXPECT_TRUE(order.HasRoom(1));
  EXPECT_FALSE(order.HasRoom(2));
  order.Add(0, Named("a"));
  order.TakeNext();

  EXPECT_TRUE(order.HasRoom(2));
  EXPECT_FALSE(order.HasRoom(3));
}

TEST(InputOrderTest, TakesWhatIsThereWhenTheRestWillNotCome) {
  InputOrder order(8);
  order.Add(5, Named("f"));
  order.Add(2, Named("c"));

  EXPECT_EQ(order.TakeEarliest()->file, "c");
  EXPECT_EQ(order.TakeEarliest()->file, "f");
  EXPECT_FALSE(order.TakeEarliest());
}

}  // namespace
}  // namespace wanwu::cli
