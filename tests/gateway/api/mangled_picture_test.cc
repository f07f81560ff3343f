#include "gateway/api/mangled_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace wanwu::gateway {
namespace {

using std::string_view_literals::operator""sv;
using ::testing::HasSubstr;

TEST(MangledPictureTest, TellsWhoSendsBase64HowToSendTheFile) {
  for (const std::string_view text :
       {"/9j/4AAQSkZJRg"sv, "iVBORw0KGgoAAAA"sv, "UklGRiQAAABXRUJQ"sv,
        "R0lGODlhAQABAAAAACw"sv, "data:image/webp;base64,UklGR"sv}) {
    EXPECT_THAT(CheckNotMangled(text).message(), HasSubstr("this is base64"))
        << text;
  }
}

TEST(MangledPictureTest, TellsWhoseLineEndsAreGoneWhatCurlCallsIt) {
  // Without 0x00 0x10, 0x0D 0x0A, and the zeros of a size.
  for (const std::string_view bytes :
       {"\xFF\xD8\xFF\xE0\x10JFIF"sv, "\x89PNG\x1A"sv, "RIFF$WEBPVP8 "sv,
        "GIF89a\x1\x1\xF7"sv}) {
    EXPECT_THAT(CheckNotMangled(bytes).message(), HasSubstr("--data-binary"));
  }
}

TEST(MangledPictureTest, LeavesAllElseToTheServer) {
  for (const std::string_view bytes :
       {"\xFF\xD8\xFF\xE0\0\x10JFIF"sv, "\x89PNG\r\n\x1A\n"sv,
        "RIFF$\0\0\0WEBP"sv, "GIF89a\x1\0\x1\0"sv, "BM"sv, "pixels"sv, ""sv}) {
    EXPECT_TRUE(CheckNotMangled(bytes).ok()) << bytes;
  }
}

}  // namespace
}  // namespace wanwu::gateway
