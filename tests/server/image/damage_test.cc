#include "server/image/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/errors/service_error.h"
#include "server/image/decode.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::MakeJpeg;

TEST(DamageTally, HasNoWarningsOfASoundPicture) {
  EXPECT_FALSE(DamageTally().any());
  EXPECT_THAT(DamageTally().Warnings(), IsEmpty());
}

TEST(DamageTally, AddsUp) {
  DamageTally tally;
  tally.Add(Damage::kStrayBytes, 5);
  tally.Add(Damage::kStrayBytes, 3);
  tally.Add(Damage::kChecksums);
  EXPECT_TRUE(tally.any());
  EXPECT_THAT(tally.Warnings(),
              ElementsAre("1 wrong checksum ignored", "8 stray bytes skipped"));
}

TEST(DamageTally, NamesEachKindOfDamageAndEightAtMost) {
  std::set<std::string> sentences;
  DamageTally all;
  for (size_t kind = 0; kind < kDamageKinds; ++kind) {
    DamageTally one;
    one.Add(static_cast<Damage>(kind));
    all.Add(static_cast<Damage>(kind));
    sentences.insert(one.Warnings().at(0));
  }
  EXPECT_EQ(sentences.size(), kDamageKinds);
  EXPECT_FALSE(sentences.contains(""));
  EXPECT_EQ(all.Warnings().size(), kMostWarnings);
}

Bytes WithStrayBytes() {
  Bytes jpeg = MakeJpeg({});
  jpeg.insert(jpeg.end() - 2, 40, 0);
  return jpeg;
}

TEST(DamagedPicture, IsDecodedWithWarnings) {
  const Bytes damaged = WithStrayBytes();
  const auto tensor = DecodePicture(ByteChain(damaged), TensorSpec{}, {});
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_THAT(tensor->warnings,
              ElementsAre(::testing::HasSubstr(" stray bytes skipped")));
  const Bytes sound = MakeJpeg({});
  EXPECT_EQ(tensor->values,
            DecodePicture(ByteChain(sound), TensorSpec{}, {})->values);
}

TEST(DamagedPicture, IsRefusedIfAsked) {
  const Bytes damaged = WithStrayBytes();
  const auto tensor = DecodePicture(ByteChain(damaged), TensorSpec{},
                                    {.damaged = DamagedPictures::kRefuse});
  EXPECT_EQ(errors::Reason(tensor.status()), errors::kImageDecodeFailed);
  EXPECT_THAT(std::string(tensor.status().message()),
              ::testing::HasSubstr(" stray bytes skipped"));
}

}  // namespace
}  // namespace wanwu::image
