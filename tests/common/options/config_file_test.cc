#include "common/options/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace wanwu::options {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ConfigFileTest : public ::testing::Test {
 protected:
  ConfigFileTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = ::testing::TempDir() + "config_file_test_" + test->name() + ".yaml";
  }
  ~ConfigFileTest() override { std::filesystem::remove(path_); }

  ConfigFile Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadConfigFile(path_);
  }

  std::string path_;
};

TEST_F(ConfigFileTest, GivesValuesAsWrittenWithTheirLines) {
  const ConfigFile file =
      Read("# comment\nlanes: 2\n\npin_lanes: on\nx: '7'\n");

  ASSERT_THAT(file.mistakes, IsEmpty());
  ASSERT_THAT(file.entries, SizeIs(3));
  EXPECT_EQ(file.entries[0].key, "lanes");
  EXPECT_EQ(file.entries[0].value, "2");
  EXPECT_EQ(file.entries[0].line, 2);
  EXPECT_EQ(file.entries[1].value, "on");
  EXPECT_EQ(file.entries[1].line, 4);
  EXPECT_EQ(file.entries[2].value, "7");
}

TEST_F(ConfigFileTest, TakesAnEmptyFileForNoSettings) {
  for (const char* text : {"", "# only a comment\n", "---\n"}) {
    const ConfigFile file = Read(text);
    EXPECT_THAT(file.entries, IsEmpty()) << text;
    EXPECT_THAT(file.mistakes, IsEmpty()) << text;
  }
}

TEST_F(ConfigFileTest, NamesAFileThatIsNotThere) {
  EXPECT_THAT(ReadConfigFile("/no/such/file.yaml").mistakes,
              ElementsAre("/no/such/file.yaml: cannot be read: No such file or "
                          "directory"));
}

TEST_F(ConfigFileTest, RefusesADirectory) {
  const std::string directory = ::testing::TempDir();

  EXPECT_THAT(ReadConfigFile(directory).mistakes,
              ElementsAre(directory + ": cannot be read: Is a directory"));
}

TEST_F(ConfigFileTest, NamesTheLineThatIsNotYaml) {
  const ConfigFile file = Read("lanes: 2\nbatching: [adaptive\n");

  ASSERT_THAT(file.mistakes, SizeIs(1));
  EXPECT_THAT(file.mistakes[0], HasSubstr(path_ + ":"));
  EXPECT_THAT(file.mistakes[0], HasSubstr("not YAML"));
}

TEST_F(ConfigFileTest, RefusesAnythingButAMap) {
  EXPECT_THAT(Read("- lanes\n").mistakes,
              ElementsAre(path_ + ":1: not a list of 'option: value' lines"));
}

TEST_F(ConfigFileTest, CollectsEveryMistake) {
  const ConfigFile file =
      Read("lanes: 2\nlanes: 3\nlistd: [1, 2]\nempty:\n? [a]\n: 1\n");

  EXPECT_THAT(file.mistakes,
              ElementsAre(path_ + ":2: 'lanes' is already set in line 1",
                          path_ + ":3: 'listd' takes one value, not a list or "
                                  "map",
                          path_ + ":4: 'empty' has no value",
                          path_ + ":5: a key is not plain text"));
  EXPECT_THAT(file.entries, SizeIs(1));
}

TEST_F(ConfigFileTest, RefusesASecondDocument) {
  const ConfigFile file = Read("lanes: 2\n---\nlanes: 3\n");

  ASSERT_THAT(file.mistakes, SizeIs(1));
  EXPECT_THAT(file.mistakes[0], HasSubstr("more than one YAML document"));
}

}  // namespace
}  // namespace wanwu::options
