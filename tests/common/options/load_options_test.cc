#include "common/options/load_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace wanwu::options {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class LoadOptionsTest : public ::testing::Test {
 protected:
  LoadOptionsTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ =
        ::testing::TempDir() + "load_options_test_" + test->name() + ".yaml";
    table_.Add({.name = "lanes", .unit = "threads", .help = "Lanes."}, &lanes_,
               WholeNumber<int>({0, 1024}));
    table_.Add({.name = "reflection", .unit = "", .help = "Reflection."},
               &reflection_, Boolean());
    table_.Add({.name = "state_dir", .unit = "", .help = "State."}, &state_dir_,
               Path(Emptiness::kAllowed));
    table_.Add({.name = "low", .unit = "", .help = "Low."}, &low_,
               WholeNumber<int>({0, 9}));
    table_.Require({"low", "lanes"}, [this] {
      return low_ <= lanes_ ? "" : "low must not exceed lanes";
    });
  }
  ~LoadOptionsTest() override { std::filesystem::remove(path_); }

  void WriteFile(const std::string& text) { std::ofstream(path_) << text; }

  Loaded Load(std::vector<std::string> arguments,
              std::vector<std::string> environment = {}) {
    return LoadOptions(table_, program_,
                       {.arguments = std::move(arguments),
                        .environment = std::move(environment)});
  }

  std::string path_;
  int lanes_ = 1;
  bool reflection_ = false;
  std::string state_dir_ = "state";
  int low_ = 0;
  OptionTable table_;
  const Program program_ = {.name = "wanwu-test",
                            .version = "1.2.3",
                            .summary = "tests.",
                            .foreign_variables = {"WANWU_ADDRESS"}};
};

TEST_F(LoadOptionsTest, LeavesDefaultsWhereNothingIsSaid) {
  EXPECT_EQ(Load({}).outcome, Outcome::kRun);
  EXPECT_EQ(lanes_, 1);
  EXPECT_EQ(state_dir_, "state");
}

TEST_F(LoadOptionsTest, EnvironmentWinsOverDefault) {
  EXPECT_EQ(Load({}, {"WANWU_LANES=2"}).outcome, Outcome::kRun);
  EXPECT_EQ(lanes_, 2);
}

TEST_F(LoadOptionsTest, EmptyVariablesAreNotSet) {
  const Loaded loaded = Load(
      {}, {"WANWU_LANES=", "WANWU_STATE_DIR=", "WANWU_CONFIG=", "WANWU_NONE="});

  EXPECT_EQ(loaded.outcome, Outcome::kRun);
  EXPECT_THAT(loaded.warnings, IsEmpty());
  EXPECT_EQ(lanes_, 1);
  EXPECT_EQ(state_dir_, "state");
}

TEST_F(LoadOptionsTest, FileWinsOverEnvironment) {
  WriteFile("lanes: 3\n");

  EXPECT_EQ(Load({"--config=" + path_}, {"WANWU_LANES=2"}).outcome,
            Outcome::kRun);
  EXPECT_EQ(lanes_, 3);
}

TEST_F(LoadOptionsTest, FlagWinsOverFile) {
  WriteFile("lanes: 3\n");

  EXPECT_EQ(Load({"--lanes=4", "--config", path_}, {"WANWU_LANES=2"}).outcome,
            Outcome::kRun);
  EXPECT_EQ(lanes_, 4);
}

TEST_F(LoadOptionsTest, LaterFlagWinsOverEarlierOne) {
  Load({"--lanes=4", "--lanes=5"});

  EXPECT_EQ(lanes_, 5);
}

TEST_F(LoadOptionsTest, FindsTheFileThroughTheEnvironment) {
  WriteFile("lanes: 3\n");

  Load({}, {"WANWU_CONFIG=" + path_});

  EXPECT_EQ(lanes_, 3);
}

TEST_F(LoadOptionsTest, PrefersTheFlagsFileToTheEnvironmentsOne) {
  WriteFile("lanes: 3\n");

  const Loaded loaded =
      Load({"--config=" + path_}, {"WANWU_CONFIG=/no/such/file"});

  EXPECT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(lanes_, 3);
}

TEST_F(LoadOptionsTest, SaysWhenTheFileHasNoName) {
  EXPECT_THAT(Load({"--config="}).mistakes,
              ElementsAre("config: the file has no name"));
}

TEST_F(LoadOptionsTest, TakesAFlagsValueFromTheNextArgument) {
  Load({"--lanes", "7", "--state_dir", ""});

  EXPECT_EQ(lanes_, 7);
  EXPECT_EQ(state_dir_, "");
}

TEST_F(LoadOptionsTest, TakesABareSwitchForTrue) {
  Load({"--reflection", "--lanes=2"});

  EXPECT_TRUE(reflection_);
  EXPECT_EQ(lanes_, 2);
}

TEST_F(LoadOptionsTest, SwitchesOffWithAValue) {
  reflection_ = true;

  Load({"--reflection", "false"});

  EXPECT_FALSE(reflection_);
}

TEST_F(LoadOptionsTest, NamesTheFlagOfABadValue) {
  EXPECT_THAT(Load({"--lanes=abc"}).mistakes,
              ElementsAre("--lanes=abc (flag): not a whole number; expected "
                          "0…1024"));
}

TEST_F(LoadOptionsTest, NamesTheVariableOfABadValue) {
  EXPECT_THAT(Load({}, {"WANWU_LANES=-1"}).mistakes,
              ElementsAre("WANWU_LANES=-1 (environment): too small; expected "
                          "0…1024"));
}

TEST_F(LoadOptionsTest, NamesFileAndLineOfABadValue) {
  WriteFile("\nlanes: many\n");

  EXPECT_THAT(Load({"--config=" + path_}).mistakes,
              ElementsAre(path_ + ":2: lanes: many: not a whole number; "
                                  "expected 0…1024"));
}

TEST_F(LoadOptionsTest, SuggestsTheFlagThatWasMeant) {
  EXPECT_THAT(Load({"--lanez=2"}).mistakes,
              ElementsAre("--lanez=2 (flag): unknown option; did you mean "
                          "--lanes?"));
  EXPECT_THAT(Load({"--confg=x"}).mistakes,
              ElementsAre(HasSubstr("did you mean --config?")));
}

TEST_F(LoadOptionsTest, ReportsAnUnknownFlagAndItsValueOnce) {
  EXPECT_THAT(Load({"--colour", "red"}).mistakes,
              ElementsAre("--colour (flag): unknown option"));
}

TEST_F(LoadOptionsTest, SuggestsTheKeyThatWasMeant) {
  WriteFile("lanez: 2\n");

  EXPECT_THAT(Load({"--config=" + path_}).mistakes,
              ElementsAre(path_ + ":1: unknown key 'lanez'; did you mean "
                                  "'lanes'?"));
}

TEST_F(LoadOptionsTest, RefusesArgumentsThatAreNoFlags) {
  EXPECT_THAT(Load({"lanes=2", "-x", "--"}).mistakes,
              ElementsAre(HasSubstr("'lanes=2': unexpected argument"),
                          HasSubstr("'-x': unexpected argument"),
                          HasSubstr("'--': unexpected argument")));
}

TEST_F(LoadOptionsTest, SaysWhichFlagLacksItsValue) {
  EXPECT_THAT(Load({"--lanes", "--reflection"}).mistakes,
              ElementsAre("--lanes (flag): no value; write --lanes=NUMBER"));
  EXPECT_THAT(Load({"--config"}).mistakes,
              ElementsAre("--config (flag): no value; write --config=FILE"));
}

TEST_F(LoadOptionsTest, CollectsMistakesOfEverySource) {
  WriteFile("lanes: many\nnope: 1\n");

  const Loaded loaded = Load({"--config=" + path_, "--low=99", "--wrong"},
                             {"WANWU_REFLECTION=maybe"});

  EXPECT_EQ(loaded.outcome, Outcome::kMistaken);
  EXPECT_THAT(
      loaded.mistakes,
      ElementsAre(HasSubstr("WANWU_REFLECTION=maybe (environment)"),
                  HasSubstr(":2: unknown key 'nope'"),
                  HasSubstr(":1: lanes: many"), HasSubstr("--wrong (flag)"),
                  HasSubstr("--low=99 (flag)")));
}

TEST_F(LoadOptionsTest, JudgesAValueThatAFlagOverrides) {
  EXPECT_THAT(Load({"--lanes=2"}, {"WANWU_LANES=abc"}).mistakes,
              ElementsAre(HasSubstr("WANWU_LANES=abc (environment)")));
}

TEST_F(LoadOptionsTest, NamesBothValuesOfABrokenCondition) {
  EXPECT_THAT(Load({"--low=5"}, {"WANWU_LANES=4"}).mistakes,
              ElementsAre("--low=5 (flag), --lanes=4 (environment): low must "
                          "not exceed lanes"));
}

TEST_F(LoadOptionsTest, LeavesOutConditionsOverMistakenValues) {
  EXPECT_THAT(Load({"--low=5", "--lanes=x"}).mistakes,
              ElementsAre(HasSubstr("--lanes=x (flag)")));
}

TEST_F(LoadOptionsTest, KeepsAMistakeOnOneLine) {
  EXPECT_THAT(Load({"--lanes=a\nb\x1b[2J"}).mistakes,
              ElementsAre(HasSubstr(R"(--lanes=a\nb\x1b[2J (flag): not)")));
}

TEST_F(LoadOptionsTest, WarnsOfUnknownVariablesAndRuns) {
  const Loaded loaded = Load({}, {"WANWU_LANEZ=2", "OTHER=1"});

  EXPECT_EQ(loaded.outcome, Outcome::kRun);
  EXPECT_THAT(loaded.warnings,
              ElementsAre("WANWU_LANEZ (environment): unknown variable, "
                          "ignored; did you mean WANWU_LANES?"));
}

TEST_F(LoadOptionsTest, PassesOverVariablesOfOtherProgramsAndKubernetes) {
  EXPECT_THAT(Load({}, {"WANWU_ADDRESS=h:1", "WANWU_SERVICE_HOST=10.0.0.1",
                        "WANWU_PORT=tcp://10.0.0.1:8500",
                        "WANWU_SERVER_SERVICE_PORT_GRPC=8500",
                        "WANWU_SERVER_PORT_8500_TCP_ADDR=10.0.0.1"})
                  .warnings,
              IsEmpty());
}

TEST_F(LoadOptionsTest, PrintsHelpWhateverElseIsWrong) {
  const Loaded loaded = Load({"--lanes=abc", "-h"});

  EXPECT_EQ(loaded.outcome, Outcome::kPrint);
  EXPECT_THAT(loaded.output, HasSubstr("--lanes=NUMBER"));
}

TEST_F(LoadOptionsTest, PrintsTheVersion) {
  EXPECT_EQ(Load({"--version"}).output, "wanwu-test 1.2.3\n");
}

TEST_F(LoadOptionsTest, PrintsTheConfigInForce) {
  const Loaded loaded = Load({"--print_config", "--lanes=2"});

  EXPECT_EQ(loaded.outcome, Outcome::kPrint);
  EXPECT_THAT(loaded.output, HasSubstr("lanes: 2  # flag\n"));
}

TEST_F(LoadOptionsTest, PrintsMistakesInsteadOfAMistakenConfig) {
  EXPECT_EQ(Load({"--print_config", "--lanes=x"}).outcome, Outcome::kMistaken);
}

TEST_F(LoadOptionsTest, ReportsMistakesOnStandardErrorWithExitCodeTwo) {
  std::ostringstream out;
  std::ostringstream err;

  const auto code = Report(Load({"--lanes=x", "--low=y"}), program_, out, err);

  EXPECT_EQ(code, 2);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), HasSubstr("wanwu-test: --lanes=x (flag): "));
  EXPECT_THAT(err.str(), HasSubstr("wanwu-test: 2 mistake(s)"));
}

TEST_F(LoadOptionsTest, ReportsOutputOnStandardOutWithExitCodeZero) {
  std::ostringstream out;
  std::ostringstream err;

  EXPECT_EQ(Report(Load({"--version"}), program_, out, err), 0);
  EXPECT_EQ(out.str(), "wanwu-test 1.2.3\n");
  EXPECT_EQ(err.str(), "");
}

TEST_F(LoadOptionsTest, ReportsOnlyWarningsWhenTheProgramRuns) {
  std::ostringstream out;
  std::ostringstream err;

  const auto code = Report(Load({}, {"WANWU_NONSENSE=1"}), program_, out, err);

  EXPECT_EQ(code, std::nullopt);
  EXPECT_THAT(err.str(), HasSubstr("warning: WANWU_NONSENSE"));
}

TEST_F(LoadOptionsTest, CheckFindsWhatCodeFilledInWrongly) {
  lanes_ = -1;

  EXPECT_THAT(table_.Check(),
              ElementsAre("lanes=-1: too small; expected 0…1024"));
}

}  // namespace
}  // namespace wanwu::options
