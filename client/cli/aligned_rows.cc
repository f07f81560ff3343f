#include "client/cli/aligned_rows.h"

#include <algorithm>
#include <cstddef>

#include "client/cli/display_width.h"
#include "client/cli/terminal.h"

namespace wanwu::cli {
namespace {

std::vector<std::size_t> ColumnWidths(const std::vector<Row>& rows,
                                      std::size_t columns) {
  std::vector<std::size_t> widths(columns);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i].text));
    }
  }
  return widths;
}

}  // namespace

std::string AlignRows(const std::vector<Row>& rows,
                      const std::vector<Align>& align) {
  const std::vector<std::size_t> widths = ColumnWidths(rows, align.size());
  std::string lines;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      std::string text = row[i].text;
      if (align[i] == Align::kRight) {
        text = PadLeft(text, widths[i]);
      } else if (!last) {
        text = PadRight(text, widths[i]);
      }
      lines += Styled(text, row[i].style);
      lines += last ? "\n" : "  ";
    }
  }
  return lines;
}

}  // namespace wanwu::cli
