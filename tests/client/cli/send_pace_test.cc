#include "client/cli/send_pace.h"

#include <gtest/gtest.h>

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;

constexpr SendPace::Time kNow{std::chrono::hours(1)};
constexpr SendPace::Time kLater = kNow + milliseconds(50);

TEST(SendPaceTest, IsUnlimitedUntilARefusal) {
  SendPace pace;
  for (int i = 0; i < 100; ++i) pace.OnAnswer();

  EXPECT_TRUE(pace.MaySend(1'000'000, kNow));
}

TEST(SendPaceTest, WaitsAsLongAsTheServerAsks) {
  SendPace pace;
  pace.OnRefusal(8, milliseconds(50), kNow);

  EXPECT_EQ(pace.resume_at(), kLater);
  EXPECT_FALSE(pace.MaySend(0, kLater - milliseconds(1)));
  EXPECT_TRUE(pace.MaySend(0, kLater));
}

TEST(SendPaceTest, HalvesWhatIsInFlightOnceForTheRefusalsOfOneWave) {
  SendPace pace;
  pace.OnRefusal(8, milliseconds(50), kNow);
  pace.OnRefusal(7, milliseconds(50), kNow);

  EXPECT_TRUE(pace.MaySend(3, kLater));
  EXPECT_FALSE(pace.MaySend(4, kLater));
}

TEST(SendPaceTest, HalvesAgainForTheNextWave) {
  SendPace pace;
  pace.OnRefusal(8, milliseconds(50), kNow);
  pace.OnRefusal(4, milliseconds(50), kLater);

  const auto after = kLater + milliseconds(50);
  EXPECT_TRUE(pace.MaySend(1, after));
  EXPECT_FALSE(pace.MaySend(2, after));
}

TEST(SendPaceTest, AlwaysLetsOneThrough) {
  SendPace pace;
  pace.OnRefusal(1, milliseconds(50), kNow);

  EXPECT_TRUE(pace.MaySend(0, kLater));
}

TEST(SendPaceTest, GrowsByOneForEachFullRoundOfAnswers) {
  SendPace pace;
  pace.OnRefusal(4, milliseconds(0), kNow);
  pace.OnAnswer();
  EXPECT_FALSE(pace.MaySend(2, kNow));

  pace.OnAnswer();

  EXPECT_TRUE(pace.MaySend(2, kNow));
  EXPECT_FALSE(pace.MaySend(3, kNow));
}

TEST(SendPaceTest, ShorterDelayDoesNotShortenTheWait) {
  SendPace pace;
  pace.OnRefusal(8, milliseconds(50), kNow);
  pace.OnRefusal(7, milliseconds(10), kNow);

  EXPECT_EQ(pace.resume_at(), kLater);
}

}  // namespace
}  // namespace wanwu::cli
