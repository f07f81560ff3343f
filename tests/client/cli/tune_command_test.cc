#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "client/cli/exit_code.h"
#include "tests/client/support/process.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::cli {
namespace {

using test::Outcome;
using testing::HasSubstr;
using testing::StartsWith;

class TuneCommandTest : public testing::Test {
 protected:
  TuneCommandTest()
      : picture_(directory_.Write("cat.jpg", "\xff\xd8\xff jpeg")),
        config_(directory_.path() + "/tuned.yaml") {}

  test::Command Call(const std::vector<std::string>& arguments) const {
    test::Command command{
        .arguments = {WANWU_BINARY, "tune", "--write", config_}};
    command.arguments.insert(command.arguments.end(), arguments.begin(),
                             arguments.end());
    command.environment = {"PATH=/usr/bin:/bin", "TMPDIR=" + temporary()};
    return command;
  }

  Outcome Tune(const std::vector<std::string>& arguments) const {
    return test::RunProcess(Call(arguments));
  }

  // A program that stands for the server.
  std::string Server(const std::string& script) const {
    std::string path = directory_.Write("server", "#!/bin/sh\n" + script);
    chmod(path.c_str(), 0700);
    return path;
  }

  std::string temporary() const {
    const std::string path = directory_.path() + "/tmp";
    std::filesystem::create_directories(path);
    return path;
  }

  test::TemporaryDirectory directory_;
  const std::string picture_;
  std::string config_;
};

TEST_F(TuneCommandTest, LatencyNeedsRateAndTime) {
  const Outcome outcome = Tune({"--goal", "latency", "--rate", "5", picture_});

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_EQ(outcome.err,
            "wanwu: --goal latency needs --rate and --p99; see wanwu tune "
            "--help\n");
}

TEST_F(TuneCommandTest, OptionsOfTheOtherGoalAreRefused) {
  EXPECT_THAT(Tune({"--rate", "5", picture_}).err,
              HasSubstr("--rate and --p99 need --goal latency"));
  EXPECT_THAT(Tune({"--goal", "latency", "--rate", "5", "--p99", "9ms",
                    "--clients", "3", picture_})
                  .err,
              HasSubstr("--clients needs --goal throughput"));
}

TEST_F(TuneCommandTest, RefusesABudgetThatIsTooShort) {
  EXPECT_THAT(Tune({"--budget", "9s", picture_}).err,
              HasSubstr("--budget must be at least 10s"));
}

TEST_F(TuneCommandTest, DoesNotOverwriteUnlessForced) {
  directory_.Write("tuned.yaml", "mine");
  const std::string server = Server("echo 'server: broken' >&2; exit 1");

  const Outcome refused = Tune({"--server_binary", server, picture_});
  const Outcome forced = Tune({"--force", "--server_binary", server, picture_});

  EXPECT_EQ(refused.code, kExitFailed);
  EXPECT_THAT(refused.err,
              HasSubstr("tuned.yaml: is there already; --force overwrites"));
  EXPECT_THAT(forced.err, HasSubstr("server: broken"));
}

TEST_F(TuneCommandTest, NamesAFolderThatIsNotThere) {
  config_ = "/nowhere/tuned.yaml";

  const Outcome outcome = Tune({picture_});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_THAT(outcome.err, StartsWith("wanwu: /nowhere/tuned.yaml: "));
}

TEST_F(TuneCommandTest, SaysWhyTheServerCannotBeMeasured) {
  const Outcome outcome =
      Tune({"--server_binary",
            Server("echo 'wanwu-server: no models' >&2; exit 2"), picture_});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.err,
            "wanwu: the server cannot be measured: wanwu-server: no models\n");
  EXPECT_FALSE(std::filesystem::exists(config_));
}

TEST_F(TuneCommandTest, LooksForTheServerInPath) {
  EXPECT_THAT(Tune({"--server_binary", "no-such-server", picture_}).err,
              HasSubstr("no-such-server is not in PATH"));
}

TEST_F(TuneCommandTest, InterruptLeavesNoServerAndNoFileBehind) {
  // Opening a pipe waits for its other end.
  const std::string pipe = directory_.path() + "/pid";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string server =
      Server("echo $$ > " + pipe + "\nexec sleep 1000\n");
  test::Process tune(Call({"--server_binary", server, picture_}));
  pid_t process = 0;
  std::ifstream(pipe) >> process;
  ASSERT_GT(process, 0);

  tune.Signal(SIGINT);
  const Outcome outcome = tune.Wait();

  EXPECT_EQ(outcome.code, kExitInterrupted);
  EXPECT_NE(kill(process, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(config_));
  EXPECT_TRUE(std::filesystem::is_empty(temporary()));
}

}  // namespace
}  // namespace wanwu::cli
