#include "client/cli/table_output.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/client/support/fake_server.h"

namespace wanwu::cli {
namespace {

struct Written {
  std::string out;
  std::string err;
};

Written Write(const PictureResult& picture, Palette::Mode mode) {
  std::ostringstream out;
  std::ostringstream err;
  TableOutput({out, err}, Palette(mode)).Write(picture);
  return {out.str(), err.str()};
}

v1::ClassifyResponse TwoClasses() {
  v1::ClassifyResponse response = test::LabelResponse("虎斑猫");
  v1::Classification& second = *response.add_classifications();
  second.set_label("浓缩咖啡");
  second.set_wordnet_id("n07920052");
  second.set_probability(0.05F);
  return response;
}

TEST(TableOutputTest, AlignsClassesUnderTheirPicture) {
  EXPECT_EQ(Write({"cat.jpg", TwoClasses()}, Palette::Mode::kPlain).out,
            "cat.jpg  (resnet18 version 1, int8, 12.0 ms)\n"
            "  93.00 %  虎斑猫    n02123045\n"
            "   5.00 %  浓缩咖啡  n07920052\n");
}

TEST(TableOutputTest, TellsWhatIsWrongWithAPicture) {
  v1::ClassifyResponse response = test::LabelResponse("tabby");
  response.add_warnings("8 stray bytes skipped");
  response.add_warnings("the end of the file is missing");
  EXPECT_EQ(Write({"cat.jpg", response}, Palette::Mode::kPlain).out,
            "cat.jpg  (resnet18 version 1, int8, 12.0 ms)\n"
            "  warning: 8 stray bytes skipped\n"
            "  warning: the end of the file is missing\n"
            "  93.00 %  tabby  n02123045\n");
}

TEST(TableOutputTest, WritesEscapeSequencesOnlyInColour) {
  const PictureResult picture = {"cat.jpg", TwoClasses()};

  const auto plain = Write(picture, Palette::Mode::kPlain).out;
  const auto color = Write(picture, Palette::Mode::kColor).out;

  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(color.find("\x1b[1mcat.jpg\x1b[0m"), std::string::npos);
}

TEST(TableOutputTest, WritesErrorsToTheErrorStreamOnly) {
  const Written written = Write({"cat.jpg", absl::InvalidArgumentError("no")},
                                Palette::Mode::kPlain);

  EXPECT_EQ(written.out, "");
  EXPECT_EQ(written.err, "wanwu: cat.jpg: no (INVALID_ARGUMENT)\n");
}

TEST(TableOutputTest, TakesTerminalSequencesOutOfNamesAndLabels) {
  const PictureResult picture = {"a\x1b[2J.jpg",
                                 test::LabelResponse("b\x1b[2J")};

  const auto written = Write(picture, Palette::Mode::kPlain).out;

  EXPECT_EQ(written.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace wanwu::cli
