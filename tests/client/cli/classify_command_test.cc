#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <latch>
#include <nlohmann/json.hpp>
#include <sstream>

#include "client/cli/exit_code.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/process.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using test::BatchStream;
using test::Console;
using test::FakeServer;
using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kNotAPicture[] = "not a picture (IMAGE_DECODE_FAILED)\n";

// Answers with the picture's bytes as the label; "bad" pictures are refused.
grpc::Status EchoOne(grpc::ServerContext& /*context*/,
                     const v1::ClassifyRequest& request,
                     v1::ClassifyResponse& response) {
  if (request.image() == "bad") {
    return test::ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT,
                                 "IMAGE_DECODE_FAILED", "not a picture");
  }
  response = test::LabelResponse(request.image());
  return grpc::Status::OK;
}

grpc::Status AnswerWithX(grpc::ServerContext& /*context*/,
                         BatchStream& stream) {
  v1::ClassifyBatchRequest picture;
  while (stream.Read(&picture)) {
    stream.Write(test::LabelAnswer(picture.id(), "x"));
  }
  return grpc::Status::OK;
}

class ClassifyCommandTest : public testing::Test {
 protected:
  std::vector<std::string> Call(const std::vector<std::string>& arguments) {
    std::vector<std::string> call = {WANWU_BINARY, "classify", "--address",
                                     server().address()};
    call.insert(call.end(), arguments.begin(), arguments.end());
    return call;
  }

  Outcome Classify(const std::vector<std::string>& arguments,
                   const std::string& input = "") {
    return test::RunProcess({.arguments = Call(arguments), .input = input});
  }

  // Starts on first use, with the script as it is then.
  FakeServer& server() {
    if (!server_) server_ = std::make_unique<FakeServer>(script_);
    return *server_;
  }

  std::string Write(const std::string& name, const std::string& bytes) {
    return directory_.Write(name, bytes);
  }

  const std::string& directory() const { return directory_.path(); }

  test::Script script_{.classify = EchoOne, .batch = test::EchoBatch};

 private:
  test::TemporaryDirectory directory_;
  std::unique_ptr<FakeServer> server_;
};

std::vector<nlohmann::json> JsonLines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

TEST_F(ClassifyCommandTest, PrintsATableForOneFile) {
  const std::string file = Write("cat.jpg", "tabby");

  const Outcome outcome = Classify({file});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.out, file +
                             "  (resnet18 version 1, int8, 12.0 ms)\n"
                             "  93.00 %  tabby  n02123045\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(ClassifyCommandTest, ReadsStandardInput) {
  const Outcome outcome = Classify({"-", "--output", "csv"}, "espresso");

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.out, HasSubstr("\n-,1,281,espresso,"));
}

TEST_F(ClassifyCommandTest, SendsItsOptions) {
  v1::ClassifyRequest seen;
  script_.classify = [&seen](auto&, const auto& request, auto&) {
    seen = request;
    return grpc::Status::OK;
  };

  Classify({Write("x", "x"), "--top_k", "3", "--model", "m", "--model_version",
            "2", "--language", "zh"});

  EXPECT_EQ(seen.top_k(), 3);
  EXPECT_EQ(seen.model(), "m");
  EXPECT_EQ(seen.model_version(), "2");
  EXPECT_EQ(seen.language_code(), "zh");
}

TEST_F(ClassifyCommandTest, FailsWithTheReasonForARefusedPicture) {
  const std::string file = Write("x.jpg", "bad");

  const Outcome outcome = Classify({file});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "wanwu: " + file + ": " + kNotAPicture);
}

TEST_F(ClassifyCommandTest, FailsAtTheTimeout) {
  script_.classify = [](grpc::ServerContext& context, auto&, auto&) {
    while (!context.IsCancelled()) std::this_thread::yield();
    return grpc::Status::OK;
  };

  const Outcome outcome = Classify({Write("x", "x"), "--timeout", "300ms"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.err, HasSubstr("no answer before the time-out"));
}

TEST_F(ClassifyCommandTest, ClassifiesADirectoryInOrderWithASummary) {
  const std::string b = Write("b.jpg", "second");
  const std::string a = Write("a.jpg", "first");

  const Outcome outcome = Classify({directory(), "--output", "json"});

  EXPECT_EQ(outcome.code, kExitOk);
  const auto lines = JsonLines(outcome.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["file"], a);
  EXPECT_EQ(lines[0]["classifications"][0]["label"], "first");
  EXPECT_EQ(lines[1]["file"], b);
  EXPECT_EQ(lines[1]["classifications"][0]["label"], "second");
  EXPECT_THAT(outcome.err, StartsWith("wanwu: 2 ok, 0 failed, "));
}

TEST_F(ClassifyCommandTest, GoesOnAfterBadFilesAndSaysWhichTheyWere) {
  const std::string good = Write("a.jpg", "tabby");
  const std::string bad = Write("b.jpg", "bad");

  const Outcome outcome = Classify({bad, "/nonexistent/x.jpg", good});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.out, StartsWith(good));
  EXPECT_THAT(outcome.err,
              StartsWith("wanwu: " + bad + ": " + kNotAPicture +
                         "wanwu: /nonexistent/x.jpg: No such file or directory "
                         "(FILE_UNREADABLE)\n"
                         "wanwu: 1 ok, 2 failed, "));
}

TEST_F(ClassifyCommandTest, PutsErrorsAmongTheResultsInJson) {
  const Outcome outcome = Classify({Write("a", "bad"), "/nonexistent/x.jpg",
                                    Write("b", "tabby"), "--output", "json"});

  const auto lines = JsonLines(outcome.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["error"]["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(lines[0]["error"]["reason"], "IMAGE_DECODE_FAILED");
  EXPECT_EQ(lines[0]["error"]["message"], "not a picture");
  EXPECT_EQ(lines[1]["error"]["reason"], "FILE_UNREADABLE");
  EXPECT_EQ(lines[2]["model"], "resnet18");
}

TEST_F(ClassifyCommandTest, FailsTheRemainingPicturesWhenTheStreamBreaks) {
  script_.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Write(test::LabelAnswer(picture.id(), "tabby"));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
  };
  for (const char* name : {"a", "b", "c", "d"}) Write(name, name);

  const Outcome outcome = Classify({directory()});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.err,
              HasSubstr("d: the connection to the server was lost: Socket "
                        "closed (UNAVAILABLE)\n"));
  EXPECT_THAT(outcome.err, HasSubstr("wanwu: 1 ok, 3 failed"));
}

TEST_F(ClassifyCommandTest, SaysSoWhenADirectoryHoldsNoFiles) {
  Write("sub/cat.jpg", "tabby");

  const Outcome flat = Classify({directory()});
  const Outcome deep = Classify({directory(), "--recursive"});

  EXPECT_EQ(flat.code, kExitUsage);
  EXPECT_THAT(flat.err, HasSubstr("no files there; --recursive"));
  EXPECT_EQ(deep.code, kExitOk);
}

TEST_F(ClassifyCommandTest, PrintsNoCsvHeaderWhenNoServerIsThere) {
  const Outcome outcome = test::RunProcess(
      {.arguments = {WANWU_BINARY, "classify", Write("a", "x"), "--output",
                     "csv", "--address", "unix:/nonexistent/socket"}});

  EXPECT_EQ(outcome.code, kExitUnreachable);
  EXPECT_EQ(outcome.out, "");
}

TEST_F(ClassifyCommandTest, RefusesStandardInputTwice) {
  EXPECT_EQ(Classify({"-", "-"}).code, kExitUsage);
}

TEST_F(ClassifyCommandTest, InterruptPrintsWhatCameAndExits130) {
  std::latch reading(1);
  script_.batch = [&reading](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    stream.Write(test::LabelAnswer(picture.id(), "tabby"));
    // The third picture comes only after the first answer was read.
    stream.Read(&picture);
    stream.Read(&picture);
    reading.count_down();
    while (stream.Read(&picture)) {
    }
    return grpc::Status::OK;
  };
  for (const char* name : {"a", "b", "c", "d", "e"}) Write(name, name);
  test::Process process(
      {.arguments = Call({directory(), "--max_in_flight", "2"})});
  reading.wait();

  process.Signal(SIGINT);
  const Outcome outcome = process.Wait();

  EXPECT_EQ(outcome.code, kExitInterrupted);
  EXPECT_THAT(outcome.out, HasSubstr("tabby"));
  EXPECT_THAT(outcome.err, StartsWith("wanwu: 1 ok, 0 failed, 4 not done, "));
}

TEST_F(ClassifyCommandTest, EndsQuietlyWhenTheReaderGoesAway) {
  for (int i = 0; i < 300; ++i) Write(std::to_string(i), "tabby");

  const Outcome outcome = test::RunProcess(
      {.arguments = {"/bin/bash", "-c",
                     "\"$0\" classify \"$2\" --address \"$1\" | head -n 1; "
                     "exit ${PIPESTATUS[0]}",
                     WANWU_BINARY, server().address(), directory()},
       .environment = {"PATH=/usr/bin:/bin"}});

  EXPECT_EQ(outcome.code, kExitBrokenPipe);
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 1);
  EXPECT_EQ(outcome.err, "");
}

TEST_F(ClassifyCommandTest, SaysSoWhenTheOutputCannotBeWritten) {
  const Outcome outcome = test::RunProcess(
      {.arguments = {"/bin/sh", "-c",
                     "\"$0\" classify \"$2\" --address \"$1\" > /dev/full",
                     WANWU_BINARY, server().address(), Write("a", "tabby")}});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.err,
            "wanwu: cannot write the output: No space left on device\n");
}

TEST_F(ClassifyCommandTest, ShowsProgressAndColoursOnATerminalOnly) {
  Write("a", "tabby");
  Write("b", "tabby");
  const test::Command command = {.arguments = Call({directory()})};
  test::Command on_terminal = command;
  on_terminal.console = Console::kTerminal;
  on_terminal.environment = {"TERM=xterm"};

  const Outcome piped = test::RunProcess(command);
  const Outcome terminal = test::RunProcess(on_terminal);

  EXPECT_THAT(piped.out + piped.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(terminal.out, HasSubstr("] 1/2 "));
  EXPECT_THAT(terminal.out, HasSubstr("\x1b[32mtabby"));
}

TEST_F(ClassifyCommandTest, ShowsNoColoursOnATerminalWithNoColor) {
  const Outcome outcome =
      test::RunProcess({.arguments = Call({Write("a", "tabby")}),
                        .environment = {"TERM=xterm", "NO_COLOR=1"},
                        .console = Console::kTerminal});

  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(outcome.out, HasSubstr("tabby"));
}

TEST_F(ClassifyCommandTest, EndsAtOnceAfterLargePictures) {
  // gRPC's shut-down would take ten seconds more, in one run of two.
  constexpr std::chrono::seconds kGrpcShutdown{10};
  const std::vector<std::string> files(
      12, Write("big", std::string(10'000'000, 'x')));
  std::chrono::steady_clock::time_point answered;
  script_.batch = [&answered](auto& context, BatchStream& stream) {
    const grpc::Status status = AnswerWithX(context, stream);
    answered = std::chrono::steady_clock::now();
    return status;
  };

  const Outcome outcome = Classify(files);

  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_LT(std::chrono::steady_clock::now() - answered, kGrpcShutdown);
}

TEST_F(ClassifyCommandTest, HoldsOnlyTheFilesInFlightInMemory) {
  constexpr std::size_t kBytes = 10'000'000;
  constexpr int kFiles = 60;
  std::atomic<int> seen = 0;
  script_.batch = [&seen](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    while (stream.Read(&picture)) {
      if (picture.request().image().size() == kBytes) ++seen;
      stream.Write(test::LabelAnswer(picture.id(), "x"));
    }
    return grpc::Status::OK;
  };
  std::vector<std::string> arguments(kFiles,
                                     Write("big", std::string(kBytes, 'x')));
  arguments.insert(arguments.end(), {"--max_in_flight", "4"});

  // AddressSanitizer, where it is on, would keep much of what was freed.
  const Outcome outcome =
      test::RunProcess({.arguments = Call(arguments),
                        .environment = {"ASAN_OPTIONS=quarantine_size_mb=16:"
                                        "allow_user_poisoning=0"}});

  EXPECT_EQ(outcome.code, kExitOk) << outcome.err;
  EXPECT_EQ(seen, kFiles);
  EXPECT_LT(outcome.peak_bytes, kFiles * kBytes);
}

}  // namespace
}  // namespace wanwu::cli
