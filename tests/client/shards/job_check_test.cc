#include "client/shards/job_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/client/shards/job_fixture.h"

namespace wanwu::shards {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// Both shards of a job of two are complete.
class JobCheckTest : public JobFixture {
 protected:
  JobCheckTest() {
    for (const uint32_t index : {0u, 1u}) {
      plan_.shard = {index, 2};
      Do(*Open(), kNames);
    }
    plan_.shard.index = 0;
  }

  JobCheck Check(InputChange change = InputChange::kRefused) const {
    return CheckJob(plan_.output_folder, change);
  }

  void ExpectOneProblem(const std::string& words) const {
    const JobCheck job = Check();
    ASSERT_THAT(job.problems, SizeIs(1));
    EXPECT_THAT(job.problems[0], HasSubstr(words));
  }

  // Of the first part of the first shard.
  void ChangePart(const std::string& from, const std::string& to) {
    std::string text = *ReadWhole(Path("part-000000.ndjson"));
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
    ASSERT_TRUE(WriteDurably(Path("part-000000.ndjson"), text).ok());
  }
};

TEST_F(JobCheckTest, CountsWhatIsThere) {
  const JobCheck job = Check();

  EXPECT_THAT(job.problems, ElementsAre());
  EXPECT_EQ(job.shards, 2u);
  EXPECT_EQ(job.pictures, 5u);
  EXPECT_EQ(job.errors, 1u);
  EXPECT_EQ(job.bytes, Wanted().size());
  std::size_t size = 0;
  for (const auto& part : job.parts) size += fs::file_size(part);
  EXPECT_EQ(size, Wanted().size());
}

TEST_F(JobCheckTest, FindsAShardThatIsMissing) {
  fs::remove_all(plan_.output_folder + "/shard-00001-of-00002");
  ExpectOneProblem("shard-00001-of-00002: is missing");
}

TEST_F(JobCheckTest, FindsAShardThatIsNotComplete) {
  fs::remove_all(plan_.output_folder + "/shard-00000-of-00002");
  Do(*Open(), 1);
  ExpectOneProblem("shard-00000-of-00002: 0 of ");
}

TEST_F(JobCheckTest, FindsALineThatIsThereTwice) {
  const std::string text = *ReadWhole(Path("part-000000.ndjson"));
  const std::string line = text.substr(0, text.find('\n') + 1);
  ChangePart(line, line + line);
  ExpectOneProblem("part-000000.ndjson: line 2 is not that of ");
}

TEST_F(JobCheckTest, FindsALineThatIsMissing) {
  const std::string text = *ReadWhole(Path("part-000000.ndjson"));
  ChangePart(text.substr(0, text.find('\n') + 1), "");
  ExpectOneProblem("part-000000.ndjson");
}

TEST_F(JobCheckTest, FindsASingleByteThatHasChanged) {
  ChangePart("}\n", "]\n");
  ExpectOneProblem("part-000000.ndjson: is not as the manifest says");
}

TEST_F(JobCheckTest, FindsNamesThatHaveChanged) {
  std::string names = *ReadWhole(Path(kNamesFile));
  ASSERT_TRUE(WriteDurably(Path(kNamesFile), names.append("x\0", 2)).ok());
  ExpectOneProblem("the names are not as the manifest says");
}

TEST_F(JobCheckTest, FindsTwoJobsInOneFolder) {
  plan_.shard = {0, 3};
  Open();
  ExpectOneProblem("holds several jobs, of 2 and of 3 shards");
}

TEST_F(JobCheckTest, FindsAShardOfAnotherInputUnlessThatIsAccepted) {
  fs::remove_all(plan_.output_folder + "/shard-00000-of-00002");
  folder_.Write("list", "n0\nn1\nn2\nn3\nn4\nn5\nn6\nn7\nn8\n");
  Do(*Open(), 100);

  const JobCheck job = Check();
  ASSERT_FALSE(job.problems.empty());
  EXPECT_THAT(job.problems[0], HasSubstr("the input changed meanwhile"));
  EXPECT_THAT(Check(InputChange::kAccepted).problems, ElementsAre());
}

TEST_F(JobCheckTest, FindsAShardThatWasAskedOtherwise) {
  fs::remove_all(plan_.output_folder + "/shard-00000-of-00002");
  plan_.question.top_k = 1;
  Do(*Open(), kNames);
  ExpectOneProblem("another model, --top_k");
}

TEST_F(JobCheckTest, FindsNothingWhereNothingIs) {
  EXPECT_THAT(
      CheckJob(folder_.path() + "/none", InputChange::kRefused).problems,
      SizeIs(1));
  fs::create_directory(folder_.path() + "/empty");
  EXPECT_THAT(
      CheckJob(folder_.path() + "/empty", InputChange::kRefused).problems,
      ElementsAre(HasSubstr("holds no shards")));
}

}  // namespace
}  // namespace wanwu::shards
