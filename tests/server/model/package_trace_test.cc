#include "server/model/package_trace.h"

#include <filesystem>

#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

namespace fs = std::filesystem;

class PackageTraceTest : public ::testing::Test {
 protected:
  const TemporaryDirectory repository_;
  const fs::path package_ =
      WriteTinyPackage(repository_.path(), TinyManifest());
};

TEST_F(PackageTraceTest, StaysAsLongAsThePackage) {
  EXPECT_EQ(TraceOf(package_), TraceOf(package_));
  EXPECT_FALSE(TraceOf(package_).manifest.empty());
}

TEST_F(PackageTraceTest, AnotherManifestIsSeen) {
  const PackageTrace before = TraceOf(package_);
  nlohmann::json manifest = TinyManifest();
  manifest["architecture"] = "another";
  WriteTinyPackage(repository_.path(), manifest);
  EXPECT_NE(TraceOf(package_).manifest, before.manifest);
}

TEST_F(PackageTraceTest, AFileThatGrowsIsSeenThoughTheManifestStays) {
  const PackageTrace before = TraceOf(package_);
  WriteFile(package_ / "model.fp32.pt", "fp32 and more");
  const PackageTrace after = TraceOf(package_);
  EXPECT_EQ(after.manifest, before.manifest);
  EXPECT_NE(after.files, before.files);
}

TEST_F(PackageTraceTest, AnotherTimeOfAFileIsSeen) {
  const PackageTrace before = TraceOf(package_);
  const fs::path file = package_ / "model.fp32.pt";
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::hours(1));
  EXPECT_NE(TraceOf(package_).files, before.files);
}

TEST_F(PackageTraceTest, AFolderThatIsNotThereHasAnEmptyOne) {
  EXPECT_EQ(TraceOf(repository_.path() / "nowhere"), PackageTrace{});
}

}  // namespace
}  // namespace wanwu::model
