#include "server/model/batch_time_store.h"

#include <chrono>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/package_fixture.h"

namespace wanwu::model {
namespace {

using std::chrono::microseconds;
using ::testing::HasSubstr;

BatchTimeKey Key() {
  return {
      {"a CPU", {"avx2", "avx512_vnni"}}, "abc", Precision::kInt8, 2, 1, "1.0"};
}

ModelTiming Times(int first) {
  return {.times = {{1, microseconds(first)}, {2, microseconds(first + 5)}},
          .algorithms = {"direct", "winograd2"}};
}

class BatchTimeStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path path() const {
    return directory_.path() / "state" / "batch_times.json";
  }

  TemporaryDirectory directory_;
};

TEST_F(BatchTimeStoreTest, KeepsTimesFromOneStartToTheNext) {
  BatchTimeStore first(path());
  first.Put(Key(), Times(10));
  ASSERT_TRUE(first.Save().ok());

  const BatchTimeStore second(path());

  EXPECT_EQ(second.Find(Key()), Times(10));
  EXPECT_EQ(second.warning(), "");
}

TEST_F(BatchTimeStoreTest, EveryPartOfTheKeyCounts) {
  BatchTimeStore store(path());
  store.Put(Key(), Times(10));

  std::vector<BatchTimeKey> others(7, Key());
  others[0].cpu.model = "another CPU";
  others[1].cpu.extensions.erase("avx512_vnni");
  others[2].model_sha256 = "abd";
  others[3].precision = Precision::kFp32;
  others[4].lanes = 3;
  others[5].build = "1.1";
  others[6].intra_op_threads = 2;
  for (const BatchTimeKey& key : others) {
    EXPECT_EQ(store.Find(key), std::nullopt);
  }
}

TEST_F(BatchTimeStoreTest, PutReplacesEarlierTimes) {
  BatchTimeStore store(path());
  store.Put(Key(), Times(10));
  store.Put(Key(), Times(20));

  EXPECT_EQ(store.Find(Key()), Times(20));
}

TEST_F(BatchTimeStoreTest, OldestAreForgotten) {
  BatchTimeStore store(path());
  BatchTimeKey key = Key();
  for (key.lanes = 1; key.lanes <= 65; ++key.lanes) store.Put(key, Times(10));

  key.lanes = 1;
  EXPECT_EQ(store.Find(key), std::nullopt);
  key.lanes = 2;
  EXPECT_NE(store.Find(key), std::nullopt);
}

TEST_F(BatchTimeStoreTest, MissingFileIsAnEmptyStoreWithoutAWarning) {
  const BatchTimeStore store(path());

  EXPECT_EQ(store.Find(Key()), std::nullopt);
  EXPECT_EQ(store.warning(), "");
}

TEST_F(BatchTimeStoreTest, FilesThatCannotBeUsedAreIgnoredWithAWarning) {
  for (const char* text :
       {"", "{", "[]", "{}", R"({"format_version": 2, "entries": []})",
        R"({"format_version": 1, "entries": 5})",
        R"({"format_version": 1, "entries": [5]})",
        R"({"format_version": 1, "entries": [{"key": "a"}]})",
        R"({"format_version": 1,
            "entries": [{"key": "a", "batch_times_ns": [5, -1]}]})",
        R"({"format_version": 1,
            "entries": [{"key": "a", "batch_times_ns": []}]})",
        R"({"format_version": 1,
            "entries": [{"key": 5, "batch_times_ns": [5]}]})",
        R"({"format_version": 1,
            "entries": [{"key": "a", "batch_times_ns": [5],
                         "algorithms": [5]}]})"}) {
    WriteFile(path(), text);

    const BatchTimeStore store(path());

    EXPECT_THAT(store.warning(), HasSubstr("batch_times.json")) << text;
  }
}

TEST_F(BatchTimeStoreTest, AFileOfAnEarlierBuildHasNoAlgorithms) {
  WriteFile(path(), R"({"format_version": 1,
      "entries": [{"key": "a", "batch_times_ns": [5]}]})");

  EXPECT_EQ(BatchTimeStore(path()).warning(), "");
}

TEST_F(BatchTimeStoreTest, SavingReplacesACorruptFile) {
  WriteFile(path(), "{");
  BatchTimeStore store(path());
  store.Put(Key(), Times(10));

  ASSERT_TRUE(store.Save().ok());

  EXPECT_EQ(BatchTimeStore(path()).warning(), "");
}

TEST_F(BatchTimeStoreTest, SavingLeavesNoOtherFileBehind) {
  BatchTimeStore store(path());
  store.Put(Key(), Times(10));
  ASSERT_TRUE(store.Save().ok());

  const std::filesystem::directory_iterator entries(path().parent_path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(BatchTimeStoreTest, UnwritableFolderIsAnErrorOfSaveOnly) {
  // A file where the folder should be stops root, too.
  WriteFile(directory_.path() / "state", "");
  BatchTimeStore store(path());
  store.Put(Key(), Times(10));

  EXPECT_FALSE(store.Save().ok());

  EXPECT_NE(store.Find(Key()), std::nullopt);
}

TEST_F(BatchTimeStoreTest, CpuNameThatIsNotUtf8CanBeSaved) {
  BatchTimeStore store(path());
  BatchTimeKey key = Key();
  key.cpu.model = "CPU\xFF";
  store.Put(key, Times(10));

  EXPECT_TRUE(store.Save().ok());
}

TEST(BatchTimeStoreWithoutPathTest, KeepsNothing) {
  BatchTimeStore store("");
  store.Put(Key(), Times(10));

  EXPECT_TRUE(store.Save().ok());
  EXPECT_EQ(BatchTimeStore("").Find(Key()), std::nullopt);
  EXPECT_EQ(store.warning(), "");
}

}  // namespace
}  // namespace wanwu::model
