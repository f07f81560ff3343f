#include "common/logging/line_writer.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::logging {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

// Only a fault makes a test wait so long.
constexpr milliseconds kPatience{20'000};
constexpr size_t kCapacity = 4096;

class LineWriterTest : public testing::Test {
 protected:
  LineWriterTest() {
    std::signal(SIGPIPE, SIG_IGN);
    if (pipe2(pipe_, O_CLOEXEC) != 0) ADD_FAILURE() << "no pipe";
    // As small as it gets, a page.
    fcntl(pipe_[1], F_SETPIPE_SZ, 1);
  }
  ~LineWriterTest() override {
    CloseReader();
    close(pipe_[1]);
  }

  std::unique_ptr<LineWriter> Make(milliseconds last_wait = kPatience) {
    return std::make_unique<LineWriter>(
        LineWriter::Options{.descriptor = pipe_[1],
                            .capacity_bytes = kCapacity,
                            .last_wait = last_wait},
        [](int64_t lost) { return absl::StrCat("lost ", lost, "\n"); });
  }

  // More than pipe and buffer hold, as lines 0…count-1.
  int Flood(LineWriter& writer) {
    constexpr int kLines = 400;
    for (int i = 0; i < kLines; ++i) {
      writer.Write(absl::StrCat("line ", i, std::string(60, '.'), "\n"));
      // Else the writer's thread might find the first ones lost already.
      if (i == 0) writer.Flush(kPatience);
    }
    return kLines;
  }

  void MakeNonBlocking() { fcntl(pipe_[1], F_SETFL, O_NONBLOCK); }

  // Until `end` has come.
  std::string ReadUntil(const std::string& end) {
    std::string text;
    char piece[4096];
    while (text.find(end) == std::string::npos) {
      const ssize_t size = read(pipe_[0], piece, sizeof(piece));
      if (size <= 0) break;
      text.append(piece, static_cast<size_t>(size));
    }
    return text;
  }

  void CloseReader() {
    if (pipe_[0] >= 0) close(pipe_[0]);
    pipe_[0] = -1;
  }

  int pipe_[2] = {-1, -1};
};

TEST_F(LineWriterTest, PassesLinesOnInOrder) {
  const auto writer = Make();

  writer->Write("one\n");
  writer->Write("two\n");

  EXPECT_EQ(ReadUntil("two\n"), "one\ntwo\n");
}

TEST_F(LineWriterTest, WriterOfALineNeverWaitsForAReaderThatStandsStill) {
  const auto writer = Make();

  // Would never return if it waited: nobody reads.
  Flood(*writer);

  EXPECT_THAT(ReadUntil("line 399"), HasSubstr("line 399"));
}

TEST_F(LineWriterTest, TellsHowManyLinesWereLostWhenTheReaderIsBack) {
  const auto writer = Make();
  const int written = Flood(*writer);
  writer->Write("end\n");

  const std::string text = ReadUntil("end\n");

  int64_t lost = 0;
  int notices = 0;
  for (size_t at = text.find("lost "); at != std::string::npos;
       at = text.find("lost ", at + 1)) {
    lost += std::stoi(text.substr(at + 5));
    ++notices;
  }
  const auto lines = std::count(text.begin(), text.end(), '\n');
  EXPECT_GT(lost, 0);
  EXPECT_EQ(lines - notices - 1 + lost, written);
}

TEST_F(LineWriterTest, LosesTheOldestOfWhatWaits) {
  const auto writer = Make();
  Flood(*writer);

  const std::string text = ReadUntil("line 399");

  EXPECT_THAT(text, StartsWith("line 0."));
  EXPECT_THAT(text.substr(text.find("lost ")), HasSubstr("line 398."));
}

TEST_F(LineWriterTest, LinesStayWholeAcrossAStandstill) {
  const auto writer = Make();
  Flood(*writer);
  writer->Write("end\n");

  std::string text = ReadUntil("end\n");

  for (size_t end = text.find('\n'); end != std::string::npos;
       text.erase(0, end + 1), end = text.find('\n')) {
    EXPECT_THAT(text.substr(0, end),
                MatchesRegex("line [0-9]+\\.{60}|lost [0-9]+|end"));
  }
}

TEST_F(LineWriterTest, HoldsAtMostItsCapacity) {
  const auto writer = Make();
  Flood(*writer);
  writer->Write("end\n");

  const std::string text = ReadUntil("end\n");

  // What waited, the line that the writer held, the pipe's page and the notice.
  EXPECT_LE(text.size(), kCapacity + 4096 + 200u);
}

TEST_F(LineWriterTest, ReaderThatIsGoneCostsLinesOnly) {
  const auto writer = Make();
  CloseReader();

  writer->Write("one\n");
  writer->Write("two\n");

  EXPECT_TRUE(writer->Flush(kPatience));
}

TEST_F(LineWriterTest, EndWritesWhatWaits) {
  auto writer = Make();
  writer->Write("last words\n");

  writer.reset();

  EXPECT_EQ(ReadUntil("last words\n"), "last words\n");
}

TEST_F(LineWriterTest, EndDoesNotWaitForAReaderThatStandsStill) {
  auto writer = Make(milliseconds(1));
  Flood(*writer);

  // Would never return.
  writer.reset();

  // All of it, lest the thread that is left writes to the next test's pipe.
  EXPECT_THAT(ReadUntil("line 399"), StartsWith("line 0."));
}

TEST_F(LineWriterTest, WaitsWhereSomebodyElseMadeTheDescriptorNonBlocking) {
  MakeNonBlocking();
  const auto writer = Make();
  Flood(*writer);
  writer->Write("end\n");

  EXPECT_THAT(ReadUntil("end\n"), EndsWith("end\n"));
}

TEST_F(LineWriterTest, LeavesTheDescriptorAsItIs) {
  const int before = fcntl(pipe_[1], F_GETFL);
  auto writer = Make();
  writer->Write("one\n");
  writer.reset();

  EXPECT_EQ(fcntl(pipe_[1], F_GETFL), before);
}

}  // namespace
}  // namespace wanwu::logging
