#include "client/cli/file_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Paths(const std::vector<std::string>& arguments,
                               Descend descend = Descend::kNo) {
  std::vector<std::string> paths;
  for (const ListedFile& file : ListFiles(arguments, descend)) {
    EXPECT_TRUE(file.problem.ok()) << file.problem;
    paths.push_back(file.path);
  }
  return paths;
}

TEST(FileListTest, SortsTheFilesOfADirectoryWhateverTheirExtension) {
  const test::TemporaryDirectory directory;
  const auto b = directory.Write("b.txt", "");
  const auto a = directory.Write("a.jpg", "");
  const auto c = directory.Write("c", "");

  EXPECT_THAT(Paths({directory.path()}), ElementsAre(a, b, c));
}

TEST(FileListTest, LeavesHiddenFilesAndDirectoriesOut) {
  const test::TemporaryDirectory directory;
  directory.Write(".thumbnail.jpg", "");
  directory.Write(".cache/x.jpg", "");

  EXPECT_THAT(Paths({directory.path()}, Descend::kYes), IsEmpty());
}

TEST(FileListTest, DescendsOnlyWhenAsked) {
  const test::TemporaryDirectory directory;
  const auto deep = directory.Write("b/deep.jpg", "");
  const auto first = directory.Write("a.jpg", "");
  const auto last = directory.Write("c.jpg", "");

  EXPECT_THAT(Paths({directory.path()}, Descend::kNo),
              ElementsAre(first, last));
  EXPECT_THAT(Paths({directory.path()}, Descend::kYes),
              ElementsAre(first, deep, last));
}

TEST(FileListTest, FollowsLinksToFilesButNotToDirectories) {
  const test::TemporaryDirectory directory;
  const auto file = directory.Write("b.jpg", "");
  const std::string link = directory.path() + "/a.jpg";
  std::filesystem::create_symlink(file, link);
  std::filesystem::create_directory_symlink(directory.path(),
                                            directory.path() + "/loop");

  EXPECT_THAT(Paths({directory.path()}, Descend::kYes),
              ElementsAre(link, file));
}

TEST(FileListTest, LeavesPipesInADirectoryOut) {
  const test::TemporaryDirectory directory;
  ASSERT_EQ(mkfifo((directory.path() + "/pipe").c_str(), 0600), 0);

  EXPECT_THAT(Paths({directory.path()}), IsEmpty());
}

TEST(FileListTest, KeepsArgumentsInTheirOrderEvenIfNothingIsThere) {
  EXPECT_THAT(Paths({"/nonexistent/z.jpg", "-", "/nonexistent/a.jpg"}),
              ElementsAre("/nonexistent/z.jpg", "-", "/nonexistent/a.jpg"));
}

}  // namespace
}  // namespace wanwu::cli
