#include "client/tuning/config_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace wanwu::tuning {

std::string ToConfigFile(const Settings& settings,
                         const std::vector<std::string>& comments) {
  std::string text;
  for (const std::string& comment : comments) {
    // A comment ends with its line, whatever a file or a CPU is called.
    absl::StrAppend(&text, "# ",
                    absl::StrReplaceAll(comment, {{"\n", " "}, {"\r", " "}}),
                    "\n");
  }
  for (const auto& [name, value] : OptionsOf(settings)) {
    absl::StrAppend(&text, name, ": ", value, "\n");
  }
  return text;
}

}  // namespace wanwu::tuning
