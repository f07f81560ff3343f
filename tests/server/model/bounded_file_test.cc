#include "server/model/bounded_file.h"

#include <sys/stat.h>

#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

TEST(BoundedFileTest, ReadsAFileOfExactlyTheLimit) {
  const TemporaryDirectory directory;
  WriteFile(directory.path() / "f", std::string("a\0b", 3));

  EXPECT_EQ(ReadBoundedFile(directory.path() / "f", 3).value(),
            std::string("a\0b", 3));
  EXPECT_EQ(ReadBoundedFile(directory.path() / "f", 2).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BoundedFileTest, RefusesWhatIsNoRegularFile) {
  const TemporaryDirectory directory;
  ASSERT_EQ(mkfifo((directory.path() / "pipe").c_str(), 0600), 0);

  EXPECT_EQ(ReadBoundedFile(directory.path(), 10).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadBoundedFile(directory.path() / "pipe", 10).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(BoundedFileTest, MissingFileIsNotFound) {
  const TemporaryDirectory directory;

  EXPECT_EQ(ReadBoundedFile(directory.path() / "none", 10).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wanwu::model
