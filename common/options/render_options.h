#pragma once

#include <string>
#include <vector>

#include "common/options/option_table.h"

namespace wanwu::options {

// Who asks for the options.
struct Program {
  std::string name;
  std::string version;
  std::string summary;  // one sentence
  // WANWU_* variables that belong to other programs and mean nothing here.
  std::vector<std::string> foreign_variables = {};
};

// Every option under its group with default, unit, limits and variable. At
// most 80 columns wide.
std::string RenderHelp(const Program& program, const OptionTable& table);

// The values in force as a YAML file that gives the same values again, each
// with its origin as a comment.
std::string RenderConfig(const OptionTable& table);

// What an option allows, with its unit: "1…1024 requests".
std::string RenderAllowed(const Option& option);

}  // namespace wanwu::options
