#include "common/secrets/watched_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/common/secrets/temporary_folder.h"

namespace wanwu::secrets {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Files = WatchedFiles<std::string>;

// Two files that must be alike.
class WatchedFilesTest : public ::testing::Test {
 protected:
  WatchedFilesTest() {
    folder_.Write("one", "1");
    folder_.Write("two", "1");
  }

  absl::StatusOr<std::unique_ptr<Files>> Open() {
    return Files::Open(
        {folder_.Path("one"), folder_.Path("two")},
        [this]() -> absl::StatusOr<std::string> {
          ++loads_;
          const auto one = ReadSecret(folder_.Path("one"));
          const auto two = ReadSecret(folder_.Path("two"));
          if (!one.ok()) return one.status();
          if (*one != *two) return absl::InvalidArgumentError("not alike");
          return *one;
        },
        [this](const absl::Status& taken) {
          changes_.emplace_back(taken.message());
        });
  }

  const test_support::TemporaryFolder folder_;
  int loads_ = 0;
  std::vector<std::string> changes_;
};

TEST_F(WatchedFilesTest, FailsIfTheyCannotBeLoadedAtFirst) {
  folder_.Write("two", "2");

  EXPECT_EQ(Open().status().message(), "not alike");
}

TEST_F(WatchedFilesTest, AreNotLoadedAgainWhileTheyStayAsTheyAre) {
  const auto files = Open().value();

  files->Refresh();

  EXPECT_EQ(loads_, 1);
  EXPECT_THAT(changes_, IsEmpty());
}

TEST_F(WatchedFilesTest, FollowAChange) {
  const auto files = Open().value();
  const auto before = files->Current();
  folder_.Write("one", "2");
  folder_.Write("two", "2");

  files->Refresh();

  EXPECT_EQ(*files->Current(), "2");
  EXPECT_EQ(*before, "1");
  EXPECT_THAT(changes_, ElementsAre(""));
}

TEST_F(WatchedFilesTest, KeepWhatTheyHadUntilBothHaveChanged) {
  const auto files = Open().value();

  folder_.Write("one", "2");
  files->Refresh();
  files->Refresh();
  EXPECT_EQ(*files->Current(), "1");
  EXPECT_THAT(changes_, ElementsAre("not alike"));

  folder_.Write("two", "2");
  files->Refresh();
  EXPECT_EQ(*files->Current(), "2");
  EXPECT_THAT(changes_, ElementsAre("not alike", ""));
}

TEST_F(WatchedFilesTest, OutliveTheirFiles) {
  const auto files = Open().value();
  std::filesystem::remove(folder_.Path("one"));

  files->Refresh();

  EXPECT_EQ(*files->Current(), "1");
  EXPECT_EQ(changes_.size(), 1U);
}

}  // namespace
}  // namespace wanwu::secrets
