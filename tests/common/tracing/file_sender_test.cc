#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/tracing/span_sender.h"

namespace wanwu::tracing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Outcome = SendResult::Outcome;

// Files written by this process end there, meanwhile.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SizeLimit() {
    setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit former_{};
  void (*former_handler_)(int);
};

class FileSenderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "file_sender_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto sender = MakeFileSender(
        {.kind = TraceEndpoint::Kind::kFile, .path = path().string()});
    ASSERT_TRUE(sender.ok()) << sender.status();
    sender_ = *std::move(sender);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path path() const { return folder_ / "spans.jsonl"; }

  SendResult Send(const std::string& name) {
    Span span;
    span.name = name;
    return sender_->Send(EncodeSpans({}, {&span, 1}), std::chrono::seconds(1));
  }

  // Of the spans in a file; "?" for a line that holds none.
  static std::vector<std::string> NamesIn(const fs::path& path) {
    std::vector<std::string> names;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const auto whole = nlohmann::json::parse(line, nullptr, false);
      names.push_back(
          whole.is_discarded()
              ? "?"
              : whole["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"]
                    .get<std::string>());
    }
    return names;
  }

  fs::path folder_;
  std::unique_ptr<SpanSender> sender_;
};

TEST_F(FileSenderTest, AppendsALineForEachRequest) {
  EXPECT_EQ(Send("first").outcome, Outcome::kSent);
  EXPECT_EQ(Send("second").outcome, Outcome::kSent);
  EXPECT_THAT(NamesIn(path()), ElementsAre("first", "second"));
}

TEST_F(FileSenderTest, GoesOnInANewFileOnceTheOldOneWasMoved) {
  Send("before");
  fs::rename(path(), folder_ / "spans.1");
  EXPECT_EQ(Send("after").outcome, Outcome::kSent);
  EXPECT_THAT(NamesIn(folder_ / "spans.1"), ElementsAre("before"));
  EXPECT_THAT(NamesIn(path()), ElementsAre("after"));
}

TEST_F(FileSenderTest, GoesOnInTheFileThatWasPutInItsPlace) {
  Send("before");
  fs::rename(path(), folder_ / "spans.1");
  std::ofstream(path()).close();
  Send("after");
  EXPECT_THAT(NamesIn(folder_ / "spans.1"), ElementsAre("before"));
  EXPECT_THAT(NamesIn(path()), ElementsAre("after"));
}

TEST_F(FileSenderTest, GoesOnInANewFileOnceTheOldOneWasRemoved) {
  Send("before");
  fs::remove(path());
  EXPECT_EQ(Send("after").outcome, Outcome::kSent);
  EXPECT_THAT(NamesIn(path()), ElementsAre("after"));
}

TEST_F(FileSenderTest, GoesOnAtTheStartOfAFileThatWasEmptied) {
  Send("before");
  fs::resize_file(path(), 0);
  Send("after");
  EXPECT_THAT(NamesIn(path()), ElementsAre("after"));
}

TEST_F(FileSenderTest, SaysThatItCannotWriteAndGoesOnOnceItCan) {
  const fs::path elsewhere = folder_.string() + ".moved";
  fs::rename(folder_, elsewhere);
  const SendResult lost = Send("lost");
  EXPECT_EQ(lost.outcome, Outcome::kRefused);
  EXPECT_THAT(lost.reason, HasSubstr("No such file"));
  fs::rename(elsewhere, folder_);
  EXPECT_EQ(Send("after").outcome, Outcome::kSent);
  EXPECT_THAT(NamesIn(path()), ElementsAre("after"));
}

TEST_F(FileSenderTest, ALineThatFoundNoRoomSpoilsNoOther) {
  Send("before");
  {
    const SizeLimit full(fs::file_size(path()) + 10);
    EXPECT_EQ(Send("lost").outcome, Outcome::kRefused);
    EXPECT_EQ(Send("lost").outcome, Outcome::kRefused);
  }
  EXPECT_EQ(Send("after").outcome, Outcome::kSent);
  EXPECT_THAT(NamesIn(path()), ElementsAre("before", "?", "after"));
}

TEST(MakeFileSenderTest, RefusesWhatCannotBeWritten) {
  const auto sender = MakeFileSender(
      {.kind = TraceEndpoint::Kind::kFile, .path = "/proc/no/such/file"});
  EXPECT_THAT(std::string(sender.status().message()),
              HasSubstr("trace_endpoint: cannot write /proc/no/such/file"));
}

}  // namespace
}  // namespace wanwu::tracing
