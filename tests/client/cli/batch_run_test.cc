#include "client/cli/batch_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <set>

#include "client/lib/classifier_client.h"
#include "client/lib/rpc_error.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;
using test::BatchStream;
using testing::ElementsAre;

// Longer than any answer here takes.
constexpr std::chrono::seconds kPatient{60};

class BatchRunTest : public testing::Test {
 protected:
  // Files whose content is their name.
  std::vector<ListedFile> WriteFiles(const std::vector<std::string>& names) {
    std::vector<ListedFile> files;
    for (const auto& name : names) {
      files.push_back({directory_.Write(name, name)});
    }
    return files;
  }

  // "label" or the error's reason or code, per result, in order of delivery.
  BatchRun::Next Keep(const PictureResult& picture) {
    if (picture.result.ok()) {
      seen_.push_back(picture.result->classifications(0).label());
    } else {
      const auto error = client::DescribeError(picture.result.status());
      seen_.push_back(error.reason.empty() ? error.code : error.reason);
    }
    return seen_.size() == stop_after_ ? BatchRun::Next::kStop
                                       : BatchRun::Next::kContinue;
  }

  void Run(const test::FakeServer& server, const std::vector<ListedFile>& files,
           int max_in_flight = 4) {
    client::ClassifierClient client(server.address());
    const auto session = client.OpenBatch(
        {.answer_timeout = kPatient, .max_in_flight = max_in_flight});
    const BatchInput input{files, {}, 8};
    BatchRun run(*session, input, [this](const auto& p) { return Keep(p); });
    run_ = &run;
    run.Run();
  }

  test::TemporaryDirectory directory_;
  std::vector<std::string> seen_;
  std::size_t stop_after_ = 0;
  std::atomic<BatchRun*> run_ = nullptr;
};

TEST_F(BatchRunTest, MatchesAnswersThatComeOutOfOrderToTheirFiles) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest one;
    v1::ClassifyBatchRequest two;
    while (stream.Read(&one) && stream.Read(&two)) {
      stream.Write(test::LabelAnswer(two.id(), two.request().image()));
      stream.Write(test::LabelAnswer(one.id(), one.request().image()));
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b", "c", "d", "e", "f"}));

  EXPECT_THAT(seen_, ElementsAre("a", "b", "c", "d", "e", "f"));
}

TEST_F(BatchRunTest, ReportsUnreadableAndRefusedFilesInTheirPlaces) {
  test::FakeServer server({.batch = test::EchoBatch});
  auto files = WriteFiles({"a", "bad", "c"});
  files.insert(files.begin() + 1, {"/nonexistent/x.jpg"});
  files.push_back({"dir", client::MakeError(absl::StatusCode::kInternal,
                                            "UNLISTABLE", "no")});

  Run(server, files);

  EXPECT_THAT(seen_, ElementsAre("a", "FILE_UNREADABLE", "IMAGE_DECODE_FAILED",
                                 "c", "UNLISTABLE"));
}

TEST_F(BatchRunTest, NeverHasMoreThanTheBoundInFlight) {
  constexpr int kBound = 3;
  std::atomic<int> answered = 0;
  std::atomic<int> most = 0;
  test::FakeServer server({.batch = [&](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    for (int read = 1; stream.Read(&picture); ++read) {
      most = std::max<int>(most, read - answered);
      // Answers as late as it can without stopping the client.
      if (read - answered < kBound) continue;
      for (; answered < read; ++answered) {
        stream.Write(test::LabelAnswer(std::to_string(answered), "x"));
      }
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b", "c", "d", "e", "f", "g", "h", "i"}),
      kBound);

  EXPECT_EQ(seen_.size(), 9u);
  EXPECT_EQ(most, kBound);
}

TEST_F(BatchRunTest, FailsTheFilesWithoutAnswerWhenTheStreamBreaks) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Write(test::LabelAnswer(picture.id(), "a"));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  }});

  Run(server, WriteFiles({"a", "b", "c", "d", "e", "f"}), 2);

  EXPECT_THAT(seen_, ElementsAre("a", "UNAVAILABLE", "UNAVAILABLE",
                                 "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"));
}

TEST_F(BatchRunTest, FailsTheFilesThatTheServerForgets) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Read(&picture);
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b"}));

  EXPECT_THAT(seen_, ElementsAre("INTERNAL", "INTERNAL"));
}

TEST_F(BatchRunTest, FailsTheFilesWhenAnAnswersIdIsUnknown) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    while (stream.Read(&picture)) {
      stream.Write(test::LabelAnswer("7", "x"));
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b"}));

  EXPECT_THAT(seen_, ElementsAre("INTERNAL", "INTERNAL"));
}

TEST_F(BatchRunTest, EndsWhenTheReceiverWantsNoMore) {
  test::FakeServer server({.batch = test::EchoBatch});
  stop_after_ = 2;

  Run(server, WriteFiles({"a", "b", "c", "d", "e", "f", "g"}), 1);

  EXPECT_THAT(seen_, ElementsAre("a", "b"));
}

TEST_F(BatchRunTest, StopFromAnotherThreadDeliversWhatCame) {
  test::FakeServer server({.batch = [this](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    // The second picture's answer waits for the first's, which never comes.
    stream.Read(&picture);
    stream.Read(&picture);
    stream.Write(test::LabelAnswer(picture.id(), "b"));
    stream.Read(&picture);
    run_.load()->Stop();
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b", "c", "d"}), 2);

  EXPECT_THAT(seen_, ElementsAre("b"));
}

TEST_F(BatchRunTest, SendsAgainWhatWasRefusedForWantOfRoom) {
  std::atomic<int> refused = 0;
  test::FakeServer server({.batch = [&](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    // Each picture is refused the first time.
    std::set<std::string> seen;
    while (stream.Read(&picture)) {
      const bool first = seen.insert(picture.id()).second;
      refused += first ? 1 : 0;
      stream.Write(
          first ? test::QueueFullAnswer(picture.id(), milliseconds(1))
                : test::LabelAnswer(picture.id(), picture.request().image()));
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b", "c", "d", "e", "f"}));

  EXPECT_THAT(seen_, ElementsAre("a", "b", "c", "d", "e", "f"));
  EXPECT_EQ(refused, 6);
}

TEST_F(BatchRunTest, GivesAPictureUpThatIsRefusedAgainAndAgain) {
  std::atomic<int> sent = 0;
  test::FakeServer server({.batch = [&](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    while (stream.Read(&picture)) {
      ++sent;
      stream.Write(test::QueueFullAnswer(picture.id(), milliseconds(1)));
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a"}));

  EXPECT_THAT(seen_, ElementsAre("QUEUE_FULL"));
  EXPECT_EQ(sent, 1 + BatchRun::kMaxResends);
}

TEST_F(BatchRunTest, DoesNotWaitForAServerThatAsksForTooMuchTime) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    while (stream.Read(&picture)) {
      stream.Write(test::QueueFullAnswer(
          picture.id(), BatchRun::kLongestWait + milliseconds(1)));
    }
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a", "b"}));

  EXPECT_THAT(seen_, ElementsAre("QUEUE_FULL", "QUEUE_FULL"));
}

TEST_F(BatchRunTest, ReportsTheRefusalIfTheStreamEndsMeanwhile) {
  test::FakeServer server({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Write(test::QueueFullAnswer(picture.id(), milliseconds(1)));
    return grpc::Status::OK;
  }});

  Run(server, WriteFiles({"a"}));

  EXPECT_THAT(seen_, ElementsAre("QUEUE_FULL"));
}

TEST_F(BatchRunTest, StopEndsTheWaitForRoom) {
  test::FakeServer server({.batch = [this](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Write(test::QueueFullAnswer(picture.id(), BatchRun::kLongestWait));
    run_.load()->Stop();
    return grpc::Status::OK;
  }});

  const auto start = std::chrono::steady_clock::now();
  Run(server, WriteFiles({"a"}));

  EXPECT_THAT(seen_, ElementsAre());
  EXPECT_LT(std::chrono::steady_clock::now() - start, BatchRun::kLongestWait);
}

}  // namespace
}  // namespace wanwu::cli
