#pragma once

#include <string>
#include <vector>

namespace wanwu::cli {

enum class Align { kLeft, kRight };

struct Cell {
  std::string text;
  // Terminal escape sequence put before the padded text, its reset after it.
  // Empty for none.
  std::string style = {};
};

using Row = std::vector<Cell>;

// Rows as lines, each ending in '\n': columns as wide as their widest cell, two
// spaces between them, no spaces at the end of a line. `align` has an entry for
// each column; rows may be shorter.
std::string AlignRows(const std::vector<Row>& rows,
                      const std::vector<Align>& align);

}  // namespace wanwu::cli
