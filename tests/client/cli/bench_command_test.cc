#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <latch>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "client/cli/exit_code.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/process.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using nlohmann::json;
using test::Console;
using test::FakeServer;
using test::Outcome;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const std::string kJpeg = "\xff\xd8\xff jpeg";
const std::string kPng = "\x89PNG\r\n\x1a\n png";

grpc::Status AnswerAll(grpc::ServerContext& /*context*/,
                       test::BatchStream& stream) {
  v1::ClassifyBatchRequest picture;
  while (stream.Read(&picture)) {
    stream.Write(test::LabelAnswer(picture.id(), "cat"));
  }
  return grpc::Status::OK;
}

class BenchCommandTest : public testing::Test {
 protected:
  BenchCommandTest() : picture_(Write("cat.jpg", kJpeg)) {}

  std::vector<std::string> Call(const std::vector<std::string>& arguments) {
    std::vector<std::string> call = {WANWU_BINARY, "bench",
                                     "--address",  server().address(),
                                     "--warm_up",  "20ms"};
    call.insert(call.end(), arguments.begin(), arguments.end());
    return call;
  }

  Outcome Bench(const std::vector<std::string>& arguments) {
    return test::RunProcess({.arguments = Call(arguments)});
  }

  json BenchJson(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--output", "json"});
    const Outcome outcome = Bench(arguments);
    EXPECT_EQ(outcome.code, kExitOk);
    EXPECT_EQ(outcome.err, "");
    return json::parse(outcome.out);
  }

  // Starts on first use.
  FakeServer& server() {
    if (server_ == nullptr) server_ = std::make_unique<FakeServer>(script_);
    return *server_;
  }

  std::string Write(const std::string& name, const std::string& bytes) {
    return directory_.Write(name, bytes);
  }

  std::set<std::string> seen() {
    const std::lock_guard lock(mu_);
    return seen_;
  }

  test::TemporaryDirectory directory_;
  const std::string picture_;
  test::Script script_ = {.classify =
                              [this](grpc::ServerContext& /*context*/,
                                     const v1::ClassifyRequest& request,
                                     v1::ClassifyResponse& response) {
                                const std::lock_guard lock(mu_);
                                seen_.insert(request.image());
                                if (request.image() == "bad") {
                                  return test::ErrorWithReason(
                                      grpc::StatusCode::INVALID_ARGUMENT,
                                      "IMAGE_DECODE_FAILED", "bad");
                                }
                                response = test::LabelResponse("cat");
                                return grpc::Status::OK;
                              },
                          .batch = AnswerAll};

 private:
  std::mutex mu_;
  std::set<std::string> seen_;
  std::unique_ptr<FakeServer> server_;
};

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST_F(BenchCommandTest, MeasuresAClosedLoopForEachNumberOfClients) {
  const json report =
      BenchJson({"--clients", "1,3", "--duration", "200ms", picture_});

  ASSERT_EQ(report["runs"].size(), 2U);
  EXPECT_EQ(report["calls"], "unary");
  EXPECT_EQ(report["model"], "resnet18 version 1, int8");
  for (const json& run : report["runs"]) {
    EXPECT_GT(run["answered"], 0);
    EXPECT_EQ(run["failed"], 0);
    EXPECT_GT(run["achieved_rate"], 0);
    EXPECT_GT(run["latency_ms"]["p50"], 0);
    EXPECT_EQ(run["batch_sizes"][0]["size"], 1);
    EXPECT_GT(run["own_cpus"], 0);
  }
  EXPECT_EQ(report["runs"][1]["load"]["clients"], 3);
}

TEST_F(BenchCommandTest, MeasuresAnOpenLoop) {
  const json report =
      BenchJson({"--rate", "100", "--arrivals", "constant", "--duration",
                 "500ms", "--deadline", "10s", picture_});
  const json& run = report["runs"][0];

  // One may be due at either end.
  EXPECT_GE(run["seconds"], 0.5);
  EXPECT_NEAR(run["sent"].get<double>() + run["shed"].get<double>(),
              run["seconds"].get<double>() * 100, 2);
  EXPECT_EQ(run["load"]["arrivals"], "constant");
  EXPECT_EQ(run["goodput"], run["achieved_rate"]);
}

TEST_F(BenchCommandTest, MeasuresStreamsOverSeveralConnections) {
  const json report = BenchJson({"--stream", "--connections", "2", "--clients",
                                 "4", "--duration", "200ms", picture_});

  EXPECT_EQ(report["calls"], "stream");
  EXPECT_EQ(report["connections"], 2);
  EXPECT_GT(report["runs"][0]["answered"], 0);
  EXPECT_EQ(report["runs"][0]["failed"], 0);
}

TEST_F(BenchCommandTest, TakesThePicturesOfADirectoryAndWhatItContains) {
  Write("pictures/one.jpg", kJpeg);
  Write("pictures/deep/two.png", kPng);
  Write("pictures/README", "no picture");
  const json report = BenchJson({"--clients", "1", "--duration", "200ms",
                                 directory_.path() + "/pictures"});

  EXPECT_EQ(report["pictures"], 2);
  EXPECT_THAT(seen(), UnorderedElementsAre(kJpeg, kPng));
}

TEST_F(BenchCommandTest, ShowsATableWithErrorsByCodeAndReason) {
  const Outcome outcome = Bench(
      {"--clients", "2", "--duration", "200ms", picture_, Write("bad", "bad")});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, StartsWith(server().address() + "  (resnet18"));
  EXPECT_THAT(outcome.out, HasSubstr("p99.9"));
  EXPECT_THAT(outcome.out, HasSubstr("2 clients"));
  EXPECT_THAT(outcome.out, HasSubstr("INVALID_ARGUMENT IMAGE_DECODE_FAILED"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("\x1b")));
}

TEST_F(BenchCommandTest, WritesTheReportToFiles) {
  const std::string json_file = directory_.path() + "/report.json";
  const std::string html_file = directory_.path() + "/report.html";
  const Outcome outcome =
      Bench({"--clients", "1", "--duration", "200ms", "--json", json_file,
             "--html", html_file, picture_});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_EQ(json::parse(ReadFile(json_file))["runs"].size(), 1U);
  EXPECT_THAT(ReadFile(html_file), StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(ReadFile(html_file), HasSubstr("<svg "));
}

TEST_F(BenchCommandTest, SearchesTheHighestRateThatHoldsAnObjective) {
  // A minute is surely held; the search is bounded all the same.
  const json report =
      BenchJson({"--slo_p99", "1m", "--arrivals", "constant", "--rate", "20",
                 "--duration", "100ms", picture_});
  EXPECT_GE(report["slo"]["rate"], 20);
  EXPECT_LE(report["runs"].size(), 16U);
}

TEST_F(BenchCommandTest, ReportsTheServersCpuTimeAndMemory) {
  const json report =
      BenchJson({"--clients", "4", "--duration", "300ms", "--server_pid",
                 std::to_string(getpid()), picture_});

  EXPECT_GE(report["runs"][0]["server_cpus"], 0);
  EXPECT_GT(report["runs"][0]["server_resident_mb"], 1);
}

TEST_F(BenchCommandTest, AnInterruptEndsItEarlyWithAReport) {
  std::latch asked(1);
  std::atomic<bool> first = true;
  script_.classify = [&](grpc::ServerContext&, const v1::ClassifyRequest&,
                         v1::ClassifyResponse& response) {
    response = test::LabelResponse("cat");
    if (first.exchange(false)) asked.count_down();
    return grpc::Status::OK;
  };
  test::Process process({.arguments = Call({"--duration", "1h", picture_})});
  asked.wait();
  process.Signal(SIGINT);
  const Outcome outcome = process.Wait();

  EXPECT_EQ(outcome.code, kExitInterrupted);
  EXPECT_THAT(outcome.out, HasSubstr("1 client"));
}

TEST_F(BenchCommandTest, DrawsItsProgressOnATerminalOnly) {
  const Outcome terminal = test::RunProcess(
      {.arguments = Call({"--clients", "1", "--duration", "300ms", picture_}),
       .console = Console::kTerminal});
  EXPECT_THAT(terminal.out, HasSubstr("1 client  measuring"));

  const Outcome pipes =
      Bench({"--clients", "1", "--duration", "100ms", picture_});
  EXPECT_EQ(pipes.err, "");
}

TEST_F(BenchCommandTest, RefusesWhatItCannotDo) {
  const auto expect = [this](const std::vector<std::string>& arguments,
                             const std::string& message) {
    const Outcome outcome = Bench(arguments);
    EXPECT_EQ(outcome.code, kExitUsage) << message;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_EQ(outcome.out, "");
  };
  expect({"--clients", "0", picture_}, "'0' is not a list of numbers");
  expect({"--clients", "1,,2", picture_}, "is not a list of numbers");
  expect({"--rate", "-3", picture_}, "'-3' is not a list of rates");
  expect({"--rate", "nan", picture_}, "'nan' is not a list of rates");
  expect({"--rate", "5", "--clients", "1", picture_}, "excludes");
  expect({"--slo_p99", "5ms", "--rate", "5,6", picture_},
         "--slo_p99 takes one --rate");
  expect({"--until_stable", "--arrivals", "ramp", "--rate", "5", picture_},
         "--until_stable needs arrivals whose rate does not grow");
  expect({"--server_pid", "999999999", picture_}, "no such process");
  Write("none/README", "no picture");
  expect({directory_.path() + "/none"}, "no pictures there");
}

TEST_F(BenchCommandTest, SaysWhichFileCannotBeUsed) {
  const Outcome missing = Bench({directory_.path() + "/none.jpg"});
  EXPECT_EQ(missing.code, kExitFailed);
  EXPECT_THAT(missing.err, HasSubstr("none.jpg"));

  const Outcome unwritable =
      Bench({"--json", directory_.path() + "/cat.jpg/report.json", picture_});
  EXPECT_EQ(unwritable.code, kExitFailed);
  EXPECT_THAT(unwritable.err, HasSubstr("/cat.jpg/report.json"));
  EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(BenchCommandTest, FailsWhenNothingWasAnswered) {
  const Outcome outcome =
      Bench({"--clients", "1", "--duration", "100ms", Write("bad", "bad")});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.out, HasSubstr("IMAGE_DECODE_FAILED"));
}

}  // namespace
}  // namespace wanwu::cli
