#include "client/cli/picture_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "client/lib/rpc_error.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

std::string ReasonFor(const std::string& path) {
  return client::DescribeError(ReadPicture(path).status()).reason;
}

TEST(PictureFileTest, ReadsAllBytes) {
  const test::TemporaryDirectory directory;
  const std::string bytes = std::string(100'000, '\0') + "end";

  EXPECT_EQ(*ReadPicture(directory.Write("x.jpg", bytes)), bytes);
}

TEST(PictureFileTest, ReadsAnEmptyFileAsNoBytes) {
  const test::TemporaryDirectory directory;

  EXPECT_EQ(*ReadPicture(directory.Write("x.jpg", "")), "");
}

TEST(PictureFileTest, ReadsFilesWhoseSizeIsNotKnownBeforehand) {
  const auto status = ReadPicture("/proc/self/status");

  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->substr(0, 5), "Name:");
}

TEST(PictureFileTest, SaysWhyAFileCannotBeRead) {
  const auto missing = ReadPicture("/nonexistent/x.jpg").status();

  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(client::DescribeError(missing).reason, "FILE_UNREADABLE");
  EXPECT_EQ(missing.message(), "No such file or directory");
}

TEST(PictureFileTest, RefusesADirectory) {
  EXPECT_EQ(ReasonFor("/tmp"), "FILE_UNREADABLE");
}

TEST(PictureFileTest, RefusesALargeFileWithoutReadingIt) {
  const test::TemporaryDirectory directory;
  const auto path = directory.Write("x.jpg", "");
  // Sparse: reading it would take more memory than there is.
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);

  EXPECT_EQ(ReasonFor(path), "FILE_TOO_LARGE");
}

TEST(PictureFileTest, RefusesAnEndlessFile) {
  EXPECT_EQ(ReasonFor("/dev/zero"), "FILE_TOO_LARGE");
}

}  // namespace
}  // namespace wanwu::cli
