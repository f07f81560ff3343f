#include "common/secrets/refresher.h"

#include <gtest/gtest.h>

#include <latch>

namespace wanwu::secrets {
namespace {

class CountedDown final : public Refreshable {
 public:
  void Refresh() override {
    if (left_ > 0 && --left_ == 0) done_.count_down();
  }
  void Wait() const { done_.wait(); }

 private:
  int left_ = 3;
  std::latch done_{1};
};

TEST(RefresherTest, LooksAtEveryFileAgainAndAgain) {
  const auto one = std::make_shared<CountedDown>();
  const auto other = std::make_shared<CountedDown>();

  const Refresher refresher({one, other}, std::chrono::milliseconds(1));

  one->Wait();
  other->Wait();
}

TEST(RefresherTest, EndsAtOnceHoweverLongItsIntervalIs) {
  const auto file = std::make_shared<CountedDown>();
  { const Refresher refresher({file}, std::chrono::hours(1)); }
  EXPECT_EQ(file.use_count(), 1);
}

}  // namespace
}  // namespace wanwu::secrets
