#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <latch>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "client/cli/exit_code.h"
#include "client/cli/shard_run.h"
#include "client/shards/durable_file.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/process.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using nlohmann::json;
using test::BatchStream;
using test::FakeServer;
using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

// `wanwu classify --output_dir` and `wanwu merge`, as programs, against a fake
// server that answers with the picture's bytes as the label.
class JobCommandTest : public testing::Test {
 protected:
  JobCommandTest() {
    for (const char* name : {"a", "b", "c", "sub/d", "sub/e"}) {
      directory_.Write(std::string("in/") + name, name);
    }
  }

  std::vector<std::string> Call(const std::vector<std::string>& arguments) {
    std::vector<std::string> call = {
        WANWU_BINARY, "classify",     "--address", server().address(),
        in(),         "--output_dir", out()};
    call.insert(call.end(), arguments.begin(), arguments.end());
    return call;
  }

  Outcome Classify(const std::vector<std::string>& arguments = {},
                   const std::string& input = "") {
    return test::RunProcess({.arguments = Call(arguments), .input = input});
  }

  Outcome Merge(const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> call = {WANWU_BINARY, "merge", out()};
    call.insert(call.end(), arguments.begin(), arguments.end());
    return test::RunProcess({.arguments = call});
  }

  // "NAME LABEL" or "NAME REASON", one per line.
  std::vector<std::string> Results() {
    std::vector<std::string> results;
    std::istringstream lines(Merge().out);
    for (std::string text; std::getline(lines, text);) {
      const json line = json::parse(text);
      const bool failed = line.contains("error");
      results.push_back(std::string(line["file"]) + " " +
                        std::string(failed
                                        ? line["error"]["reason"]
                                        : line["classifications"][0]["label"]));
    }
    return results;
  }

  // Starts on first use, with the script as it is then.
  FakeServer& server() {
    if (!server_) {
      server_ = std::make_unique<FakeServer>(test::Script{.batch = script_});
    }
    return *server_;
  }

  // An answer to each picture but those of which `fault` says something else.
  void Script(std::function<bool(const v1::ClassifyBatchRequest&,
                                 v1::ClassifyBatchResponse&)>
                  fault) {
    script_ = [fault](auto&, BatchStream& stream) {
      v1::ClassifyBatchRequest picture;
      while (stream.Read(&picture)) {
        v1::ClassifyBatchResponse answer;
        if (!fault(picture, answer)) {
          answer = test::LabelAnswer(picture.id(), picture.request().image());
        }
        stream.Write(answer);
      }
      return grpc::Status::OK;
    };
  }

  std::string in() const { return directory_.path() + "/in"; }
  std::string out() const { return directory_.path() + "/out"; }

  test::TemporaryDirectory directory_;
  std::function<grpc::Status(grpc::ServerContext&, BatchStream&)> script_ =
      test::EchoBatch;

 private:
  std::unique_ptr<FakeServer> server_;
};

TEST_F(JobCommandTest, WritesOneLinePerPictureUnderItsRelativeName) {
  const Outcome outcome = Classify({"--pictures_per_part", "2"});

  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("shard 0/1 complete: 5 of 5 pictures, 0 "
                                     "of them errors\n"));
  EXPECT_THAT(Results(),
              ElementsAre("a a", "b b", "c c", "sub/d sub/d", "sub/e sub/e"));
}

TEST_F(JobCommandTest, ShardsTogetherHaveEveryPictureOnce) {
  for (const char* shard : {"0/3", "1/3", "2/3"}) {
    EXPECT_EQ(Merge({"--check"}).code, kExitFailed);
    EXPECT_EQ(Classify({"--shard", shard}).code, kExitOk);
  }
  const auto results = Results();
  EXPECT_EQ(results.size(), 5u);
  EXPECT_EQ(std::set(results.begin(), results.end()).size(), 5u);
}

TEST_F(JobCommandTest, TakesAListFromStandardInput) {
  EXPECT_EQ(Classify({"--list", "-"}, "sub/e\nnone\na\n").code, kExitOk);
  EXPECT_THAT(Results(),
              ElementsAre("a a", "none FILE_UNREADABLE", "sub/e sub/e"));
}

TEST_F(JobCommandTest, ABrokenPictureHasAnErrorForItsLineAndIsNoFailure) {
  directory_.Write("in/b", "bad");

  const Outcome outcome = Classify();

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.err, HasSubstr("5 of 5 pictures, 1 of them errors"));
  EXPECT_THAT(Results(), ElementsAre("a a", "b IMAGE_DECODE_FAILED", "c c",
                                     "sub/d sub/d", "sub/e sub/e"));
}

TEST_F(JobCommandTest, WaitsOutAStreamThatBreaks) {
  std::atomic<int> streams = 0;
  script_ = [&streams](auto&, BatchStream& stream) {
    ++streams;
    v1::ClassifyBatchRequest picture;
    // One picture further each time.
    stream.Read(&picture);
    stream.Write(test::LabelAnswer(picture.id(), picture.request().image()));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  };

  EXPECT_EQ(Classify().code, kExitOk);
  EXPECT_EQ(Results().size(), 5u);
  EXPECT_EQ(streams, 5);
}

TEST_F(JobCommandTest, EndsIfNoPictureIsDoneForTooLongAndGoesOnLater) {
  std::atomic<bool> away = true;
  Script([&away](const auto& picture, auto& answer) {
    if (!away || picture.request().image() != "c") return false;
    answer = test::ErrorAnswer(
        picture.id(),
        test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE, "DRAINING", "no"));
    return true;
  });

  const Outcome first = Classify({"--give_up_after", "100ms"});
  EXPECT_EQ(first.code, kExitUnreachable);
  EXPECT_THAT(first.err, HasSubstr("(DRAINING)\n"));
  EXPECT_THAT(first.err, HasSubstr("not complete, the same call goes on: 2 of "
                                   "5 pictures"));
  away = false;
  EXPECT_EQ(Classify().code, kExitOk);
  EXPECT_EQ(Results().size(), 5u);
}

TEST_F(JobCommandTest, EndsWithoutAServer) {
  const Outcome outcome = test::RunProcess(
      {.arguments = {WANWU_BINARY, "classify", in(), "--output_dir", out(),
                     "--address", "unix:/nonexistent/socket", "--give_up_after",
                     "100ms"}});
  EXPECT_EQ(outcome.code, kExitUnreachable);
}

TEST_F(JobCommandTest, WritesDownWhatTheServerKeepsFailingOn) {
  std::atomic<int> tries = 0;
  Script([&tries](const auto& picture, auto& answer) {
    if (picture.request().image() != "c") return false;
    ++tries;
    answer = test::ErrorAnswer(picture.id(),
                               test::ErrorWithReason(grpc::StatusCode::INTERNAL,
                                                     "INFERENCE_FAILED", "no"));
    return true;
  });

  EXPECT_EQ(Classify().code, kExitOk);
  EXPECT_THAT(Results(), testing::Contains("c INFERENCE_FAILED"));
  EXPECT_EQ(tries, ShardRun::kMostTries);
}

TEST_F(JobCommandTest, WaitsForAServerAreNoFailuresOfThePicture) {
  std::atomic<int> tries = 0;
  Script([&tries](const auto& picture, auto& answer) {
    if (picture.request().image() != "c") return false;
    const int number = ++tries;
    if (number > ShardRun::kMostTries) return false;
    answer = test::ErrorAnswer(
        picture.id(), number < ShardRun::kMostTries
                          ? test::ErrorWithReason(grpc::StatusCode::UNAVAILABLE,
                                                  "DRAINING", "no")
                          : test::ErrorWithReason(grpc::StatusCode::INTERNAL,
                                                  "INFERENCE_FAILED", "no"));
    return true;
  });

  EXPECT_EQ(Classify().code, kExitOk);
  EXPECT_THAT(Results(), testing::Contains("c c"));
}

TEST_F(JobCommandTest, ASecondCallAsksNothingElse) {
  ASSERT_EQ(Classify().code, kExitOk);

  const Outcome outcome = Classify({"--top_k", "3"});

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("was begun with another model"));
}

TEST_F(JobCommandTest, LeavesOutWhatBelongsToTheVolume) {
  directory_.Write("in/lost+found/x", "x");
  directory_.Write("in/sub/lost+found/x", "x");

  EXPECT_EQ(Classify().code, kExitOk);

  const auto results = Results();
  EXPECT_EQ(results.size(), 6u);
  EXPECT_THAT(results, testing::Contains("sub/lost+found/x x"));
}

TEST_F(JobCommandTest, AFolderOfWhichNobodyCanTellIsNoMistakeInTheCall) {
  // For a volume that does not answer.
  std::filesystem::create_symlink("loop", directory_.path() + "/loop");
  const Outcome outcome = test::RunProcess(
      {.arguments = {WANWU_BINARY, "classify", directory_.path() + "/loop",
                     "--output_dir", out()}});
  EXPECT_EQ(outcome.code, kExitFailed);
}

TEST_F(JobCommandTest, EndsAtOnceIfTheServerRefusesTheRequestItself) {
  Script([](const auto& picture, auto& answer) {
    answer = test::ErrorAnswer(
        picture.id(), test::ErrorWithReason(grpc::StatusCode::NOT_FOUND,
                                            "MODEL_NOT_FOUND", "no such"));
    return true;
  });

  const Outcome outcome = Classify();
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("no such (MODEL_NOT_FOUND)\n"));
}

TEST_F(JobCommandTest, GoesOnAfterAnInterrupt) {
  std::latch reading(1);
  std::atomic<bool> first = true;
  script_ = [&](auto& context, BatchStream& stream) {
    if (!first.exchange(false)) return test::EchoBatch(context, stream);
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    // The second picture's answer comes before the first's, which never does.
    v1::ClassifyBatchRequest second;
    stream.Read(&second);
    stream.Write(test::LabelAnswer(second.id(), second.request().image()));
    stream.Read(&picture);
    reading.count_down();
    while (stream.Read(&picture)) {
    }
    return grpc::Status::OK;
  };
  test::Process process({.arguments = Call({"--max_in_flight", "2"})});
  reading.wait();
  process.Signal(SIGTERM);
  const Outcome outcome = process.Wait();

  EXPECT_EQ(outcome.code, kExitInterrupted);
  EXPECT_THAT(outcome.err, HasSubstr("0 of 5 pictures"));
  EXPECT_EQ(Classify().code, kExitOk);
  EXPECT_EQ(Results().size(), 5u);
}

TEST_F(JobCommandTest, InterruptEndsTheWaitForAServer) {
  std::latch refused(1);
  std::atomic<bool> counted = false;
  Script([&](const auto& picture, auto& answer) {
    answer = test::QueueFullAnswer(picture.id(), std::chrono::minutes(5));
    if (!counted.exchange(true)) refused.count_down();
    return true;
  });
  test::Process process({.arguments = Call({})});
  refused.wait();
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait().code, kExitInterrupted);
}

TEST_F(JobCommandTest, SaysWhatIsWrongWithTheCall) {
  using Arguments = std::vector<std::string>;
  const auto run = [](Arguments arguments) {
    arguments.insert(arguments.begin(), {WANWU_BINARY, "classify"});
    return test::RunProcess({.arguments = arguments});
  };
  for (const Arguments& wrong :
       {Arguments{in(), "--shard", "1/3"},
        {in(), "--list", "x"},
        {"--output_dir", out()},
        {in(), in(), "--output_dir", out()},
        {in() + "/a", "--output_dir", out()},
        {in(), "--output_dir", in() + "/out"},
        {in(), "--output_dir", out(), "--shard", "3/3"},
        {in(), "--output_dir", out(), "--output", "csv"},
        {}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.code, kExitUsage);
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  }
  EXPECT_FALSE(std::filesystem::exists(out()));
}

TEST_F(JobCommandTest, SaysWhichFolderCannotBeListed) {
  const Outcome outcome = Classify({"--list", "/nonexistent"});
  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("/nonexistent: No such file"));
}

TEST_F(JobCommandTest, MergeWritesAFileThatIsWhole) {
  ASSERT_EQ(Classify().code, kExitOk);
  const std::string file = directory_.path() + "/all.ndjson";

  const Outcome outcome = Merge({"--output", file});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(*shards::ReadWhole(file), Merge().out);
  EXPECT_THAT(outcome.err, HasSubstr("complete: 5 pictures, 0 of them errors, "
                                     "in 1 shards and 1 parts, "));
}

TEST_F(JobCommandTest, MergeWritesNothingOfWhatIsNotComplete) {
  ASSERT_EQ(Classify({"--shard", "0/2"}).code, kExitOk);

  const Outcome outcome = Merge();

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr("shard-00001-of-00002: is missing"));
}

TEST_F(JobCommandTest, MergeEndsQuietlyWhenTheReaderGoesAway) {
  // More than a pipe holds.
  directory_.Write("in/a", std::string(300'000, 'x'));
  ASSERT_EQ(Classify().code, kExitOk);

  const Outcome outcome = test::RunProcess(
      {.arguments = {"/bin/bash", "-c",
                     "\"$0\" merge \"$1\" | true; exit ${PIPESTATUS[0]}",
                     WANWU_BINARY, out()},
       .environment = {"PATH=/usr/bin:/bin"}});

  EXPECT_EQ(outcome.code, kExitBrokenPipe) << outcome.err;
}

}  // namespace
}  // namespace wanwu::cli
