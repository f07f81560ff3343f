#include "server/rpc/picture_pieces.h"

#include <deque>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/rpc/message_pieces.h"

namespace wanwu::rpc {
namespace {

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

TEST(PicturePiecesTest, FewPiecesAreKeptWithTheirOwner) {
  const auto owner = std::make_shared<const std::string>("a picture");
  PicturePieces pieces(owner->size());
  pieces.Add(Bytes(*owner).first(4));
  pieces.Add(Bytes(*owner).subspan(4));

  EXPECT_FALSE(pieces.copied());
  EXPECT_EQ(pieces.size(), owner->size());
  const pipeline::EncodedPicture picture = std::move(pieces).Build(owner, 50);

  EXPECT_EQ(picture.bytes.pieces()[0].data(), Bytes(*owner).data());
  EXPECT_EQ(Joined(picture.bytes), *owner);
  EXPECT_EQ(picture.owner, owner);
  EXPECT_EQ(picture.held_bytes, 50u);
}

TEST(PicturePiecesTest, ManySmallPiecesAreCopiedAndLetGo) {
  constexpr size_t kSize = 4000;
  std::string all;
  std::deque<std::string> kept;
  PicturePieces pieces(kSize);
  for (size_t i = 0; i < kSize; ++i) {
    kept.emplace_back(1, static_cast<char>(i));
    all += kept.back();
    pieces.Add(Bytes(kept.back()));
    if (pieces.copied()) kept.clear();
    ASSERT_LT(kept.size(), 30u);
  }

  EXPECT_EQ(pieces.size(), kSize);
  const pipeline::EncodedPicture picture = std::move(pieces).Build(nullptr, 0);

  EXPECT_EQ(picture.bytes.pieces().size(), 1u);
  EXPECT_EQ(Joined(picture.bytes), all);
  EXPECT_EQ(picture.held_bytes, kSize);
  EXPECT_NE(picture.owner, nullptr);
}

TEST(PicturePiecesTest, PictureMayBecomeLongerThanWasSaid) {
  const std::string piece = "piece";
  PicturePieces pieces(1);
  for (int i = 0; i < 100; ++i) pieces.Add(Bytes(piece));

  const pipeline::EncodedPicture picture = std::move(pieces).Build(nullptr, 0);

  EXPECT_EQ(picture.bytes.size(), 500u);
  EXPECT_GE(picture.held_bytes, 500u);
}

}  // namespace
}  // namespace wanwu::rpc
