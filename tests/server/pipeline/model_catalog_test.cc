#include "server/pipeline/model_catalog.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/model/utf8.h"
#include "tests/support/served_models.h"

namespace wanwu::pipeline {
namespace {

using test_support::MakeFakeModel;
using test_support::ReadyEntry;
using ::testing::ElementsAre;
using ::testing::Pair;

CatalogEntry Ready(const std::string& name, int64_t version) {
  return ReadyEntry(MakeFakeModel({.name = name, .version = version}));
}

CatalogEntry Unready(const std::string& name, int64_t version,
                     ModelState state) {
  return {.name = name, .version = version, .state = state};
}

TEST(ModelCatalogTest, EmptyNameMeansTheDefaultModel) {
  ModelCatalog catalog("b");
  catalog.Put(Ready("a", 1));
  catalog.Put(Ready("b", 1));

  EXPECT_EQ(catalog.Find("", "")->name, "b");
  EXPECT_EQ(catalog.Find("a", "")->name, "a");
}

TEST(ModelCatalogTest, EmptyVersionMeansTheNewestThatIsReady) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 2));
  catalog.Put(Ready("a", 10));
  catalog.Put(Unready("a", 11, ModelState::kLoading));
  catalog.Put(Unready("a", 12, ModelState::kFailed));

  EXPECT_EQ(catalog.Find("a", "")->version, 10);
}

TEST(ModelCatalogTest, EmptyVersionMeansTheNewestWhereNoneIsReady) {
  ModelCatalog catalog("a");
  catalog.Put(Unready("a", 1, ModelState::kFailed));
  catalog.Put(Unready("a", 2, ModelState::kLoading));

  EXPECT_EQ(catalog.Find("a", "")->version, 2);
}

TEST(ModelCatalogTest, AVersionThatIsRemovedIsNotFound) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));
  catalog.Put(Ready("a", 2));

  catalog.Remove("a", 2);
  catalog.Remove("a", 3);
  catalog.Remove("nonesuch", 1);

  EXPECT_EQ(catalog.Find("a", "")->version, 1);
  EXPECT_EQ(catalog.Find("a", "2").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ModelCatalogTest, AModelWithoutVersionsIsNotFound) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));

  catalog.Remove("a", 1);

  EXPECT_EQ(catalog.Find("", "").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(catalog.List().empty());
}

TEST(ModelCatalogTest, TheDefaultModelCanBeChanged) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));
  catalog.Put(Ready("b", 1));

  catalog.SetDefaultModel("b");

  EXPECT_EQ(catalog.default_model(), "b");
  EXPECT_EQ(catalog.Find("", "")->name, "b");
}

TEST(ModelCatalogTest, FindsAnOlderVersionByNumber) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));
  catalog.Put(Ready("a", 2));

  EXPECT_EQ(catalog.Find("a", "1")->version, 1);
}

TEST(ModelCatalogTest, UnknownNameIsNotFoundAndNamed) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));

  const absl::Status status = catalog.Find("nope", "").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(errors::Reason(status), errors::kModelNotFound);
  EXPECT_EQ(errors::ErrorMetadata(status).at("value"), "nope");
}

TEST(ModelCatalogTest, UnknownVersionIsNotFoundAndNamed) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));

  const absl::Status status = catalog.Find("a", "3").status();

  EXPECT_EQ(errors::Reason(status), errors::kModelNotFound);
  EXPECT_EQ(errors::ErrorMetadata(status).at("value"), "a version 3");
}

TEST(ModelCatalogTest, VersionThatIsNoPositiveNumberIsRefused) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));
  for (const char* version :
       {"latest", "0", "-1", "1.0", "01", "+1", " 1", "99999999999999999999"}) {
    const absl::Status status = catalog.Find("a", version).status();

    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << version;
    EXPECT_EQ(errors::Reason(status), errors::kFieldInvalid) << version;
    EXPECT_EQ(errors::ErrorMetadata(status).at("field"), "model_version");
  }
}

TEST(ModelCatalogTest, BadVersionIsCalledAsTheRequestCallsIt) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("a", 1));

  const absl::Status status = catalog.Find("a", "new", "version").status();

  EXPECT_EQ(errors::ErrorMetadata(status).at("field"), "version");
}

TEST(ModelCatalogTest, LongNamesAreShownShortenedBetweenCharacters) {
  ModelCatalog catalog("a");
  std::string name;
  for (int i = 0; i < 100; ++i) name += "类";

  const absl::Status status = catalog.Find(name, "").status();

  const std::string shown = errors::ErrorMetadata(status).at("value");
  EXPECT_EQ(shown, name.substr(0, 99) + "…");
  EXPECT_TRUE(model::IsUtf8(shown));
  EXPECT_TRUE(model::IsUtf8(
      std::string_view(status.message().data(), status.message().size())));
}

TEST(ModelCatalogTest, LoadingModelAnswersThatItIsNotReadyYet) {
  ModelCatalog catalog("a");
  catalog.Put(Unready("a", 1, ModelState::kLoading));

  const absl::Status status = catalog.FindReady("", "").status();

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(errors::Reason(status), errors::kModelNotReady);
  EXPECT_EQ(errors::ErrorMetadata(status).at("retry_delay_ms"), "1000");
}

TEST(ModelCatalogTest, FailedModelAsksToRetryMuchLater) {
  ModelCatalog catalog("a");
  catalog.Put(Unready("a", 1, ModelState::kFailed));

  const absl::Status status = catalog.FindReady("a", "1").status();

  EXPECT_EQ(errors::Reason(status), errors::kModelNotReady);
  EXPECT_EQ(errors::ErrorMetadata(status).at("retry_delay_ms"), "60000");
}

TEST(ModelCatalogTest, PutReplacesWhatWasKnown) {
  ModelCatalog catalog("a");
  catalog.Put(Unready("a", 1, ModelState::kLoading));

  const CatalogEntry ready = Ready("a", 1);
  catalog.Put(ready);

  EXPECT_EQ(*catalog.FindReady("a", "1"), ready.model);
  EXPECT_EQ(catalog.List().size(), 1u);
}

TEST(ModelCatalogTest, ListsByNameAndThenNewestFirst) {
  ModelCatalog catalog("a");
  catalog.Put(Ready("b", 1));
  catalog.Put(Ready("a", 2));
  catalog.Put(Unready("a", 10, ModelState::kFailed));

  std::vector<std::pair<std::string, int64_t>> listed;
  for (const CatalogEntry& entry : catalog.List()) {
    listed.emplace_back(entry.name, entry.version);
  }

  EXPECT_THAT(listed, ElementsAre(Pair("a", 10), Pair("a", 2), Pair("b", 1)));
}

TEST(ModelCatalogTest, DefaultModelThatDoesNotExistIsNotFound) {
  ModelCatalog catalog("gone");
  catalog.Put(Ready("a", 1));

  EXPECT_EQ(catalog.FindReady("", "").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wanwu::pipeline
