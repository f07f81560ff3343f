#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wanwu::cli {

// Columns that UTF-8 text takes on a terminal: two for East Asian wide
// characters and most emoji, none for combining marks. Does not depend on the
// locale. A byte that is not UTF-8 counts as one column.
std::size_t DisplayWidth(std::string_view text);

// `text` followed by spaces up to `width` columns; unchanged if it is wider.
std::string PadRight(std::string_view text, std::size_t width);
std::string PadLeft(std::string_view text, std::size_t width);

// The longest beginning of `text` that fits `width` columns.
std::string Truncate(std::string_view text, std::size_t width);

// `text` made harmless for a terminal and for line-based tools: control
// characters and bytes that are not UTF-8 become '?'.
std::string Printable(std::string_view text);

}  // namespace wanwu::cli
