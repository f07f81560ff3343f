#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "client/cli/exit_code.h"
#include "tests/client/support/process.h"

namespace wanwu::cli {
namespace {

using test::Outcome;
using testing::HasSubstr;
using testing::StartsWith;

Outcome Wanwu(const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment = {}) {
  std::vector<std::string> call = {WANWU_BINARY};
  call.insert(call.end(), arguments.begin(), arguments.end());
  return test::RunProcess({.arguments = call, .environment = environment});
}

void ExpectUsageError(const Outcome& outcome, const std::string& message) {
  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, message + "\n");
}

TEST(CommandLineTest, HelpListsTheCommandsAndSucceeds) {
  const Outcome help = Wanwu({"--help"});

  EXPECT_EQ(help.code, kExitOk);
  EXPECT_THAT(help.out, HasSubstr("bench"));
  EXPECT_THAT(help.out, HasSubstr("classify"));
  EXPECT_THAT(help.out, HasSubstr("health"));
  EXPECT_THAT(help.out, HasSubstr("models"));
}

TEST(CommandLineTest, EachCommandHasHelpWithItsExitCodes) {
  for (const char* command : {"bench", "classify", "health", "models"}) {
    const Outcome help = Wanwu({command, "--help"});

    EXPECT_EQ(help.code, kExitOk) << command;
    EXPECT_THAT(help.out, HasSubstr("Exit code:")) << command;
    EXPECT_THAT(help.out, HasSubstr("WANWU_ADDRESS")) << command;
  }
}

TEST(CommandLineTest, EachCommandKnowsTheVersion) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"--version"},
                                             {"bench", "--version"},
                                             {"classify", "--version"},
                                             {"health", "--version"},
                                             {"models", "--version"}}) {
    const Outcome version = Wanwu(arguments);

    EXPECT_EQ(version.code, kExitOk);
    EXPECT_THAT(version.out, testing::MatchesRegex("wanwu [0-9.]+\n"));
  }
}

TEST(CommandLineTest, SuggestsACommandForAMisspeltOne) {
  ExpectUsageError(
      Wanwu({"clasify", "cat.jpg"}),
      "wanwu: unknown command 'clasify'; did you mean 'classify'?");
}

TEST(CommandLineTest, SuggestsNothingForAWordUnlikeAnyCommand) {
  ExpectUsageError(Wanwu({"photosynthesis"}),
                   "wanwu: unknown command 'photosynthesis'; see wanwu --help");
}

TEST(CommandLineTest, AsksForACommand) {
  ExpectUsageError(Wanwu({}), "wanwu: a command is missing; see wanwu --help");
}

TEST(CommandLineTest, NamesTheMistakeAndTheCommandsHelp) {
  ExpectUsageError(Wanwu({"health", "--timeout", "30"}),
                   "wanwu: --timeout: '30' is not a duration such as 30s or "
                   "500ms (at most 24h); see wanwu health --help");
  ExpectUsageError(Wanwu({"models", "--output", "xml"}),
                   "wanwu: --output: 'xml' is not one of json|table; see wanwu "
                   "models --help");
  ExpectUsageError(Wanwu({"health", "--address", "localhost"}),
                   "wanwu: --address: 'localhost' is not HOST:PORT or "
                   "unix:PATH; see wanwu health --help");
}

TEST(CommandLineTest, OnlyTheWarmUpMayTakeNoTime) {
  const auto bench_with = [](const std::string& option,
                             const std::string& value) {
    return Wanwu({"bench", option, value, "/dev/null"},
                 {"WANWU_ADDRESS=unix:/nonexistent/socket"})
        .code;
  };

  for (const char* zero : {"0", "0s"}) {
    EXPECT_EQ(bench_with("--warm_up", zero), kExitUnreachable);
    EXPECT_EQ(bench_with("--duration", zero), kExitUsage);
  }
  EXPECT_EQ(bench_with("--warm_up", "-1s"), kExitUsage);
}

TEST(CommandLineTest, ChecksTheAddressOfTheEnvironmentToo) {
  const Outcome outcome =
      Wanwu({"health"}, {"WANWU_ADDRESS=http://127.0.0.1:8500"});

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("is not HOST:PORT or unix:PATH; gRPC "
                                     "addresses have no scheme"));
}

TEST(CommandLineTest, EachCommandSaysInOneLineThatNoServerIsThere) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"bench", "/dev/null"},
           {"classify", "/dev/null"},
           {"classify", "/dev/null", "/dev/null"},
           {"health"},
           {"models"},
           {"models", "resnet18"}}) {
    const Outcome outcome =
        Wanwu(arguments, {"WANWU_ADDRESS=unix:/nonexistent/socket"});

    EXPECT_EQ(outcome.code, kExitUnreachable);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err,
                StartsWith("wanwu: no answer from unix:/nonexistent/socket: is "
                           "wanwu-server running there?"));
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1);
  }
}

}  // namespace
}  // namespace wanwu::cli
