#include "client/shards/name_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_format.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::shards {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NameFileTest : public testing::Test {
 protected:
  // The names of a shard, and what is known of them.
  std::vector<std::string> Names(const NameSource& source, const Shard& shard) {
    const std::string path = folder_.path() + "/out-names";
    const auto facts = WriteNames(source, shard, path);
    EXPECT_TRUE(facts.ok()) << facts.status();
    facts_ = *facts;
    return *(*NameReader::Open(path, 0))->Read(1'000'000);
  }

  NameSource List(const std::string& lines) {
    return {".", folder_.Write("list", lines)};
  }

  test::TemporaryDirectory folder_;
  NameFacts facts_;
};

TEST_F(NameFileTest, TakesAllFilesBelowAFolderSorted) {
  for (const char* name : {"in/b.jpg", "in/a.jpg", "in/sub/deep/c.png",
                           "in/.hidden.jpg", "in/.git/d.jpg", "in/ x\ny"}) {
    folder_.Write(name, "x");
  }
  std::filesystem::create_directory_symlink(
      folder_.path() + "/in/sub", folder_.path() + "/in/link-to-folder");
  std::filesystem::create_symlink("b.jpg", folder_.path() + "/in/link.jpg");
  std::filesystem::create_symlink("none", folder_.path() + "/in/broken.jpg");

  const NameSource source{folder_.path() + "/in", ""};
  EXPECT_THAT(Names(source, {}), ElementsAre(" x\ny", "a.jpg", "b.jpg",
                                             "link.jpg", "sub/deep/c.png"));
  EXPECT_EQ(facts_.listed, 5u);
}

TEST_F(NameFileTest, TakesAListWithItsNamesAsTheyAre) {
  EXPECT_THAT(Names(List("z.jpg\n\n/abs/a.jpg\nlast without end"), {}),
              ElementsAre("/abs/a.jpg", "last without end", "z.jpg"));
}

TEST_F(NameFileTest, PutsEachNameIntoExactlyOneShardWhateverTheOrder) {
  std::string forwards;
  std::string backwards;
  for (int i = 0; i < 1000; ++i) {
    forwards += absl::StrFormat("n%d.jpg\n", i);
    backwards += absl::StrFormat("n%d.jpg\n", 999 - i);
  }
  std::map<std::string, int> seen;
  for (uint32_t i = 0; i < 7; ++i) {
    const auto one = Names(List(forwards), {i, 7});
    const NameFacts facts = facts_;
    EXPECT_EQ(Names(List(backwards), {i, 7}), one);
    EXPECT_EQ(facts_, facts);
    for (const auto& name : one) ++seen[name];
  }
  EXPECT_EQ(seen.size(), 1000u);
  for (const auto& [name, times] : seen) EXPECT_EQ(times, 1) << name;
}

TEST_F(NameFileTest, LeavesRepeatedNamesOutAndCountsThem) {
  EXPECT_THAT(Names(List("b\na\nb\nb\n"), {}), ElementsAre("a", "b"));
  EXPECT_EQ(facts_.count, 2u);
  EXPECT_EQ(facts_.repeated, 2u);
  EXPECT_EQ(facts_.listed, 4u);
}

TEST_F(NameFileTest, AShardMayBeEmpty) {
  EXPECT_THAT(Names(List(""), {}), ElementsAre());
  EXPECT_EQ(facts_.count, 0u);
}

TEST_F(NameFileTest, OtherInputsHaveOtherSums) {
  Names(List("a\nb\n"), {0, 2});
  const NameFacts before = facts_;
  Names(List("a\nc\n"), {0, 2});
  EXPECT_EQ(facts_.listed, before.listed);
  EXPECT_NE(facts_.listed_sum, before.listed_sum);
}

TEST_F(NameFileTest, RefusesWhatCannotBeListed) {
  const std::string path = folder_.path() + "/out-names";
  EXPECT_FALSE(WriteNames({"/nonexistent", ""}, {}, path).ok());
  EXPECT_FALSE(WriteNames({".", "/nonexistent"}, {}, path).ok());
  EXPECT_FALSE(WriteNames({".", folder_.path()}, {}, path).ok());
  EXPECT_THAT(
      WriteNames(List(std::string("a\0b\n", 4)), {}, path).status().message(),
      HasSubstr("zero byte"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(NameFileTest, ReadsFromAnyPlaceOnAndNotBeyondTheEnd) {
  Names(List("a\nb\nc\n"), {});
  const std::string path = folder_.path() + "/out-names";

  EXPECT_THAT(*(*NameReader::Open(path, 1))->Read(1), ElementsAre("b"));
  EXPECT_THAT(*(*NameReader::Open(path, 3))->Read(9), ElementsAre());
  EXPECT_FALSE(NameReader::Open(path, 4).ok());
}

}  // namespace
}  // namespace wanwu::shards
