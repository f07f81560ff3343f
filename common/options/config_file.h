#pragma once

#include <string>
#include <vector>

namespace wanwu::options {

struct ConfigEntry {
  std::string key;
  std::string value;  // as written, without quotes
  int line = 0;       // of the key; the first is 1
};

struct ConfigFile {
  std::vector<ConfigEntry> entries;
  // One line each: unreadable, not YAML, a key twice, a value that is not
  // plain text.
  std::vector<std::string> mistakes;
};

// Reads a YAML file that maps keys to plain values. Never throws.
ConfigFile ReadConfigFile(const std::string& path);

}  // namespace wanwu::options
