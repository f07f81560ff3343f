#include "common/options/render_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "common/options/config_file.h"

namespace wanwu::options {
namespace {

using ::testing::HasSubstr;

constexpr char kLongHelp[] =
    "A text of many words which does not fit on one line of a terminal that "
    "is eighty columns wide, and so goes on for a while…";

TEST(RenderHelpTest, TellsDefaultUnitLimitsAndVariable) {
  int capacity = 1024;
  OptionTable table;
  table.Group("Admission");
  table.Add({.name = "queue_capacity", .unit = "requests", .help = "Bound."},
            &capacity, WholeNumber<int>({1, 2048}));

  const std::string help =
      RenderHelp({.name = "p", .version = "1", .summary = "s."}, table);

  EXPECT_THAT(help, HasSubstr("\nAdmission\n"
                              "  --queue_capacity=NUMBER\n"
                              "      Bound.\n"
                              "      [default 1024; 1…2048 requests; "
                              "WANWU_QUEUE_CAPACITY]\n"));
}

TEST(RenderHelpTest, ShowsAMachinesDefaultInWords) {
  std::string directory = "/home/somebody";
  OptionTable table;
  table.Add({.name = "state_dir",
             .unit = "",
             .help = "State.",
             .default_shown = "$HOME"},
            &directory, Path(Emptiness::kAllowed));

  const std::string help =
      RenderHelp({.name = "p", .version = "1", .summary = "s."}, table);

  EXPECT_THAT(help, HasSubstr("default $HOME;"));
}

TEST(RenderHelpTest, StaysWithinEightyColumns) {
  int number = 0;
  OptionTable table;
  table.Add({.name = "number", .unit = "", .help = kLongHelp}, &number,
            WholeNumber<int>({0, 1}));

  std::istringstream help(
      RenderHelp({.name = "p", .version = "1", .summary = kLongHelp}, table));

  std::string line;
  while (std::getline(help, line)) {
    EXPECT_LE(std::count_if(line.begin(), line.end(),
                            [](char c) { return (c & 0xC0) != 0x80; }),
              80)
        << line;
  }
}

TEST(RenderConfigTest, GivesTheSameValuesWhenReadAgain) {
  std::string odd = "on: \"#\" \n~ 万物";
  std::string empty;
  std::string null = "~";
  bool flag = true;
  OptionTable table;
  table.Add({.name = "odd", .unit = "", .help = ""}, &odd,
            Text(Emptiness::kAllowed));
  table.Add({.name = "empty", .unit = "", .help = ""}, &empty,
            Text(Emptiness::kAllowed));
  table.Add({.name = "tilde", .unit = "", .help = ""}, &null,
            Text(Emptiness::kAllowed));
  table.Add({.name = "flag", .unit = "", .help = ""}, &flag, Boolean());
  const std::string path = ::testing::TempDir() + "render_options_test.yaml";

  std::ofstream(path) << RenderConfig(table);
  const ConfigFile file = ReadConfigFile(path);
  std::filesystem::remove(path);

  ASSERT_EQ(file.mistakes.size(), 0u) << file.mistakes.front();
  ASSERT_EQ(file.entries.size(), 4u);
  EXPECT_EQ(file.entries[0].value, odd);
  EXPECT_EQ(file.entries[1].value, "");
  EXPECT_EQ(file.entries[2].value, "~");
  EXPECT_EQ(file.entries[3].value, "true");
}

}  // namespace
}  // namespace wanwu::options
