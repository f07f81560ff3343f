#include "client/shards/shard_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/client/shards/job_fixture.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;

class ShardStoreTest : public JobFixture {
 protected:
  void Append(const std::string& file, const std::string& bytes) const {
    std::ofstream(Path(file), std::ios::binary | std::ios::app) << bytes;
  }

  // Whatever was left behind, the rest is done and nothing else.
  void ExpectItIsCompleted(int missing) const {
    const auto store = Open();
    EXPECT_EQ(store->done_count(), uint64_t{kNames} - missing);
    Do(*store, missing);
    EXPECT_TRUE(store->Done());
    EXPECT_EQ(Results(*store), Wanted());
    EXPECT_EQ(store->error_count(), 1u);
    EXPECT_EQ(*ParseManifest(*ReadWhole(Path(kManifestFile))),
              store->manifest());
  }
};

TEST_F(ShardStoreTest, WritesPartsAndAManifest) {
  const auto store = Open();
  Do(*store, kNames);

  EXPECT_TRUE(store->Done());
  EXPECT_THAT(*store->Missing(), ElementsAre());
  EXPECT_EQ(Results(*store), Wanted());
  const Manifest& manifest = store->manifest();
  ASSERT_EQ(manifest.parts.size(), 3u);
  EXPECT_EQ(manifest.parts[2].file, "part-000002.ndjson");
  EXPECT_EQ(manifest.parts[2].lines, 1u);
  EXPECT_EQ(manifest.parts[1].errors, 1u);
  EXPECT_EQ(manifest.parts[1].bytes,
            LineOf("n2").size() + LineOf("n3").size() + 2);
}

TEST_F(ShardStoreTest, GoesOnAfterAKillAtAnyPicture) {
  for (int done = 0; done <= kNames; ++done) {
    SCOPED_TRACE(done);
    plan_.output_folder = folder_.path() + "/out" + std::to_string(done);
    Do(*Open(), done);
    ExpectItIsCompleted(kNames - done);
  }
}

TEST_F(ShardStoreTest, CutsATornLineOff) {
  Do(*Open(), 3);
  Append("part-000001.ndjson.open", LineOf("n3").substr(0, 9));
  ExpectItIsCompleted(2);
}

TEST_F(ShardStoreTest, CutsALineOffWhoseEndIsMissing) {
  Do(*Open(), 2);
  Append("part-000001.ndjson.open", LineOf("n2"));
  ExpectItIsCompleted(3);
}

// As a file system leaves it whose data was not on the disk.
TEST_F(ShardStoreTest, CutsZerosOffAndWhatFollowsThem) {
  Do(*Open(), 2);
  Append("part-000001.ndjson.open",
         std::string(LineOf("n2").size(), '\0') + "\n" + LineOf("n3") + "\n");
  ExpectItIsCompleted(3);
}

TEST_F(ShardStoreTest, CutsALineOffThatIsNotThatPictures) {
  Do(*Open(), 2);
  Append("part-000001.ndjson.open", LineOf("n3") + "\n");
  ExpectItIsCompleted(3);
}

TEST_F(ShardStoreTest, CutsALineOffInWhichSomethingIsMissing) {
  Do(*Open(), 2);
  Append("part-000001.ndjson.open", "{\"file\":\"n2\",\"model\":\n");
  ExpectItIsCompleted(3);
}

TEST_F(ShardStoreTest, CompletesAPartThatOnlyLackedItsName) {
  Do(*Open(), 2);
  Append("part-000001.ndjson.open", LineOf("n2") + "\n" + LineOf("n3") + "\n");
  ExpectItIsCompleted(1);
}

TEST_F(ShardStoreTest, TakesUpAPartThatTheManifestDoesNotNameYet) {
  Do(*Open(), 2);
  const std::string manifest = *ReadWhole(Path(kManifestFile));
  Do(*Open(), 2);
  ASSERT_TRUE(WriteDurably(Path(kManifestFile), manifest).ok());
  fs::remove(Path("part-000002.ndjson.open"));
  ASSERT_TRUE(fs::exists(Path("part-000001.ndjson")));
  ExpectItIsCompleted(1);
}

TEST_F(ShardStoreTest, ListsAnewIfItWasKilledWhileItListed) {
  fs::create_directories(Path(""));
  Append("names.listed", "n7");
  Append("names.new", "n8");
  Append("names", "n9");
  Append("manifest.json.new", "{");
  ExpectItIsCompleted(kNames);
}

TEST_F(ShardStoreTest, KeepsToWhatWasListedAtFirst) {
  Do(*Open(), 1);
  folder_.Write("list", "other\n");
  ExpectItIsCompleted(4);
}

TEST_F(ShardStoreTest, TakesAnotherSizeOfPartsOnTheWay) {
  Do(*Open(), 3);
  plan_.pictures_per_part = 100;
  ExpectItIsCompleted(2);
}

TEST_F(ShardStoreTest, RefusesASecondProcess) {
  const auto store = Open();
  const auto second = ShardStore::Open(plan_);
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(second.status().message(), HasSubstr("another process"));
}

TEST_F(ShardStoreTest, RefusesToGoOnWithAnotherQuestionOrInput) {
  Do(*Open(), 1);
  ShardPlan other = plan_;
  other.question.top_k = 3;
  EXPECT_THAT(ShardStore::Open(other).status().message(),
              HasSubstr("another model, --top_k"));
  other = plan_;
  other.source.folder = "elsewhere";
  EXPECT_THAT(ShardStore::Open(other).status().message(),
              HasSubstr("another input"));
}

TEST_F(ShardStoreTest, RefusesAPartThatHasLostSomething) {
  Do(*Open(), 3);
  fs::resize_file(Path("part-000000.ndjson"), 3);
  EXPECT_TRUE(absl::IsDataLoss(ShardStore::Open(plan_).status()));
}

TEST_F(ShardStoreTest, RefusesAManifestThatIsNone) {
  Open();
  ASSERT_TRUE(WriteDurably(Path(kManifestFile), "{\"format\": 7}").ok());
  EXPECT_THAT(ShardStore::Open(plan_).status().message(),
              HasSubstr("manifest.json: of another format"));
}

TEST_F(ShardStoreTest, IsDoneAtOnceWithoutPictures) {
  folder_.Write("list", "");
  EXPECT_TRUE(Open()->Done());
}

}  // namespace
}  // namespace wanwu::shards
