#include "server/model/model_repository.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

class ModelRepositoryTest : public ::testing::Test {
 protected:
  void AddPackage(const std::string& place) {
    WriteFile(directory_.path() / place / "manifest.json", "{}");
  }

  RepositoryListing Scan() {
    return ScanModelRepository(directory_.path()).value();
  }

  std::vector<std::string> ScanPlaces() {
    std::vector<std::string> places;
    for (const PackageLocation& package : Scan().packages) {
      places.push_back(package.name + "/" + std::to_string(package.version));
      EXPECT_EQ(package.directory, directory_.path() / places.back());
    }
    return places;
  }

  TemporaryDirectory directory_;
};

TEST_F(ModelRepositoryTest, ListsByNameAndNewestVersionFirst) {
  for (const char* place : {"b/2", "a/9", "b/10", "a/1"}) AddPackage(place);

  EXPECT_THAT(ScanPlaces(), ElementsAre("a/9", "a/1", "b/10", "b/2"));
  EXPECT_THAT(Scan().oddities, IsEmpty());
}

TEST_F(ModelRepositoryTest, HiddenAndTemporaryEntriesAreIgnored) {
  for (const char* place : {"a/1", ".git/1", "a/.2", "a/3.tmp", "new.tmp/1"}) {
    AddPackage(place);
  }
  WriteFile(directory_.path() / ".gitignore", "");

  EXPECT_THAT(ScanPlaces(), ElementsAre("a/1"));
  EXPECT_THAT(Scan().oddities, IsEmpty());
}

TEST_F(ModelRepositoryTest, EntriesThatAreNoPackageAreReported) {
  AddPackage("a/1");
  AddPackage("a/latest");
  AddPackage("a b/1");
  WriteFile(directory_.path() / "README.md", "");
  WriteFile(directory_.path() / "a/2/labels.tsv", "");
  WriteFile(directory_.path() / "a/3", "");

  EXPECT_THAT(ScanPlaces(), ElementsAre("a/1"));
  EXPECT_THAT(Scan().oddities,
              ElementsAre(EndsWith("/README.md: is not a directory"),
                          EndsWith("/a/2: has no manifest.json"),
                          EndsWith("/a/3: is not a directory"),
                          EndsWith("/a/latest: is not named with a positive "
                                   "number without zeros before it"),
                          EndsWith("/a b: is no name for a model")));
}

TEST_F(ModelRepositoryTest, VersionMayBeALinkToAFolder) {
  AddPackage("a/1");
  std::filesystem::create_directory_symlink(directory_.path() / "a/1",
                                            directory_.path() / "a/2");

  EXPECT_THAT(ScanPlaces(), ElementsAre("a/2", "a/1"));
}

TEST_F(ModelRepositoryTest, EmptyRepositoryHasNoPackages) {
  EXPECT_THAT(ScanPlaces(), IsEmpty());
}

TEST_F(ModelRepositoryTest, MissingRepositoryIsNotFoundAndNamed) {
  const absl::Status status =
      ScanModelRepository(directory_.path() / "none").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("/none"));
}

TEST_F(ModelRepositoryTest, FileInPlaceOfTheRepositoryIsAnError) {
  WriteFile(directory_.path() / "file", "");

  EXPECT_FALSE(ScanModelRepository(directory_.path() / "file").ok());
}

}  // namespace
}  // namespace wanwu::model
