#include "server/model/package.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PackageTest : public ::testing::Test {
 protected:
  TemporaryDirectory repository_;
};

TEST_F(PackageTest, LoadsManifestAndLabels) {
  const absl::StatusOr<Package> package =
      LoadPackage(WriteTinyPackage(repository_.path(), TinyManifest()));

  ASSERT_TRUE(package.ok()) << package.status();
  EXPECT_EQ(package->manifest.name, "tiny");
  EXPECT_EQ(package->labels.Label(1, Language::kChinese), "类1");
}

TEST_F(PackageTest, ReadsTheModelOfEachPrecision) {
  const Package package =
      LoadPackage(WriteTinyPackage(repository_.path(), TinyManifest())).value();

  EXPECT_EQ(ReadModelFile(package, Precision::kFp32).value(), "fp32");
  EXPECT_EQ(ReadModelFile(package, Precision::kInt8).value(), "int8");
}

TEST_F(PackageTest, ChangedLabelsAreRefused) {
  const auto directory = WriteTinyPackage(repository_.path(), TinyManifest());
  WriteFile(directory / "labels.tsv", LabelsTsv(3) + " ");

  const absl::Status status = LoadPackage(directory).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("tiny/7/labels.tsv: sha256 is "));
}

TEST_F(PackageTest, ChangedModelIsRefused) {
  const auto directory = WriteTinyPackage(repository_.path(), TinyManifest());
  const Package package = LoadPackage(directory).value();
  WriteFile(directory / "model.int8.pt", "swapped");

  const absl::Status status = ReadModelFile(package, Precision::kInt8).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("model.int8.pt"));
}

TEST_F(PackageTest, MissingPrecisionIsNotFound) {
  json manifest = TinyManifest();
  manifest["precisions"].erase("int8");
  const Package package =
      LoadPackage(WriteTinyPackage(repository_.path(), manifest)).value();

  const absl::Status status = ReadModelFile(package, Precision::kInt8).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("has no int8 model"));
}

TEST_F(PackageTest, MissingModelFileIsNotFound) {
  const auto directory = WriteTinyPackage(repository_.path(), TinyManifest());
  const Package package = LoadPackage(directory).value();
  std::filesystem::remove(directory / "model.fp32.pt");

  EXPECT_EQ(ReadModelFile(package, Precision::kFp32).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(PackageTest, FolderMustBeNamedAsTheManifestSays) {
  json manifest = TinyManifest();
  manifest["version"] = "8";

  const absl::Status status =
      LoadPackage(WriteTinyPackage(repository_.path(), manifest)).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("holds tiny/8"));
}

TEST_F(PackageTest, TrailingSlashIsAccepted) {
  const auto directory = WriteTinyPackage(repository_.path(), TinyManifest());

  EXPECT_TRUE(LoadPackage(directory.string() + "/").ok());
}

}  // namespace
}  // namespace wanwu::model
