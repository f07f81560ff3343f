#include "client/cli/aligned_rows.h"

#include <gtest/gtest.h>

#include "client/cli/terminal.h"

namespace wanwu::cli {
namespace {

TEST(AlignedRowsTest, MakesColumnsAsWideAsTheirWidestCell) {
  const std::vector<Row> rows = {{{"a"}, {"1"}, {"x"}},
                                 {{"bcd"}, {"22"}, {"y"}}};

  EXPECT_EQ(AlignRows(rows, {Align::kLeft, Align::kRight, Align::kLeft}),
            "a     1  x\n"
            "bcd  22  y\n");
}

TEST(AlignedRowsTest, AlignsChineseByColumns) {
  const std::vector<Row> rows = {{{"虎斑猫"}, {"x"}}, {{"cat"}, {"y"}}};

  EXPECT_EQ(AlignRows(rows, {Align::kLeft, Align::kLeft}),
            "虎斑猫  x\n"
            "cat     y\n");
}

TEST(AlignedRowsTest, LeavesNoSpacesAtTheEndOfALine) {
  const std::vector<Row> rows = {{{"a"}, {"long"}}, {{"b"}, {"x"}}};

  EXPECT_EQ(AlignRows(rows, {Align::kLeft, Align::kLeft}), "a  long\nb  x\n");
}

TEST(AlignedRowsTest, StyleDoesNotCountAsWidth) {
  const std::vector<Row> rows = {{{"a", kBold}, {"x"}}, {{"bc"}, {"y"}}};

  EXPECT_EQ(AlignRows(rows, {Align::kLeft, Align::kLeft}),
            "\x1b[1ma \x1b[0m  x\n"
            "bc  y\n");
}

}  // namespace
}  // namespace wanwu::cli
