#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "common/options/option_table.h"
#include "common/options/render_options.h"

namespace wanwu::options {

// The rows of a page that tells of options, as they stand there:
// | `--name` | default | values | help |
inline std::vector<std::string> RowsOfPage(const std::string& path) {
  std::vector<std::string> rows;
  std::ifstream page(path);
  std::string line;
  while (std::getline(page, line)) {
    if (line.starts_with("| `--")) rows.push_back(line);
  }
  return rows;
}

// The same, as they must stand.
inline std::vector<std::string> RowsOf(const OptionTable& table) {
  const auto escaped = [](const std::string& cell) {
    std::string out;
    for (const char c : cell) {
      if (c == '|') out += '\\';
      out += c;
    }
    return out;
  };
  std::vector<std::string> rows;
  for (const Option& option : table.options()) {
    const std::string& value = option.text.default_shown;
    rows.push_back("| `--" + option.text.name + "` | " +
                   (value.empty() ? "empty" : "`" + value + "`") + " | " +
                   escaped(RenderAllowed(option)) + " | " +
                   escaped(option.text.help) + " |");
  }
  return rows;
}

}  // namespace wanwu::options
