#include "common/secrets/read_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/common/secrets/temporary_folder.h"

namespace wanwu::secrets {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class ReadSecretTest : public ::testing::Test {
 protected:
  const test_support::TemporaryFolder folder_;
};

TEST_F(ReadSecretTest, GivesEveryByte) {
  const std::string bytes("a\0b\n", 4);

  EXPECT_EQ(ReadSecret(folder_.Write("file", bytes)).value(), bytes);
}

TEST_F(ReadSecretTest, GivesNothingOfAnEmptyFile) {
  EXPECT_EQ(ReadSecret(folder_.Write("file", "")).value(), "");
}

TEST_F(ReadSecretTest, SaysWhichFileIsMissing) {
  const auto content = ReadSecret(folder_.Path("none"));

  EXPECT_THAT(std::string(content.status().message()),
              AllOf(HasSubstr(folder_.Path("none")),
                    HasSubstr("No such file or directory")));
}

TEST_F(ReadSecretTest, RefusesAFolder) {
  EXPECT_THAT(std::string(ReadSecret(folder_.Path("")).status().message()),
              HasSubstr("Is a directory"));
}

TEST_F(ReadSecretTest, GivesAWordWithoutTheBlanksAroundIt) {
  EXPECT_EQ(ReadWord(folder_.Write("file", " s3cret\r\n")).value(), "s3cret");
}

TEST_F(ReadSecretTest, RefusesWhatIsNoWordWithoutShowingIt) {
  for (const std::string text : {"", "two words", "w\xc3\xb6rd"}) {
    const auto word = ReadWord(folder_.Write("file", text));

    EXPECT_THAT(std::string(word.status().message()),
                AllOf(HasSubstr("one word"), Not(HasSubstr("two"))));
  }
}

TEST_F(ReadSecretTest, KnowsWhetherOthersMayRead) {
  const std::string path = folder_.Write("file", "x");

  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_FALSE(ReadableByOthers(path));
  fs::permissions(path, fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(ReadableByOthers(path));
}

TEST_F(ReadSecretTest, StampsDifferWhereALinkLeadsElsewhere) {
  folder_.Write("one", "same");
  folder_.Write("other", "same");
  fs::create_symlink(folder_.Path("one"), folder_.Path("link"));
  const FileStamp before = StampOf(folder_.Path("link"));
  EXPECT_EQ(StampOf(folder_.Path("link")), before);

  fs::remove(folder_.Path("link"));
  fs::create_symlink(folder_.Path("other"), folder_.Path("link"));

  EXPECT_NE(StampOf(folder_.Path("link")), before);
}

}  // namespace
}  // namespace wanwu::secrets
