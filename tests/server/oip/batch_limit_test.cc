#include "server/oip/batch_limit.h"

#include "gtest/gtest.h"
#include "tests/support/served_models.h"

namespace wanwu::oip {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
// Of the fake models' 8 × 8 pixels, as floats.
constexpr size_t kTensorBytes = 8 * 8 * 3 * sizeof(float);

int MostOf(const InputKind& kind, int class_count, const BatchLimits& limits) {
  const auto model =
      test_support::MakeFakeModel({.classifier = {.class_count = class_count}});
  return MostPictures({&kind, test_support::ReadyEntry(model)}, limits);
}

TEST(BatchLimitTest, FewerPicturesWhereThereAreMoreClasses) {
  EXPECT_EQ(MostOf(kInputKinds[0], 1000, {}), 64);
  EXPECT_EQ(MostOf(kInputKinds[0], 21'843, {}), 18);
  EXPECT_EQ(MostOf(kInputKinds[0], 1'000'000, {}), 1);
}

TEST(BatchLimitTest, NoMoreTensorsThanFitIntoAMessage) {
  const BatchLimits limits{.message_bytes = 5 * kTensorBytes + 1024};

  EXPECT_EQ(MostOf(kInputKinds[0], 10, limits), 64);
  EXPECT_EQ(MostOf(kInputKinds[1], 10, limits), 20);
  EXPECT_EQ(MostOf(kInputKinds[2], 10, limits), 5);
  EXPECT_EQ(MostOf(kInputKinds[2], 10, {.message_bytes = 10}), 1);
  EXPECT_EQ(MostOf(kInputKinds[2], 10, {.message_bytes = 20 * kMiB}), 64);
}

TEST(BatchLimitTest, NoMorePicturesThanCanBeAdmittedTogether) {
  EXPECT_EQ(MostOf(kInputKinds[0], 10, {.jobs = 3}), 3);
  EXPECT_EQ(MostOf(kInputKinds[1], 10, {.jobs = 3}), 3);
}

}  // namespace
}  // namespace wanwu::oip
