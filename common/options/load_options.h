#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "common/options/option_table.h"
#include "common/options/render_options.h"

namespace wanwu::options {

// What a process was given.
struct Inputs {
  std::vector<std::string> arguments;    // without the program's name
  std::vector<std::string> environment;  // "NAME=value"

  // The variable's value; empty if it is not there.
  std::string Variable(std::string_view name) const;
};

// Of main's arguments and this process's environment.
Inputs ProcessInputs(int argc, const char* const* argv);

enum class Outcome {
  kRun,       // the bound variables hold the values in force
  kPrint,     // print `output` and exit 0
  kMistaken,  // print `mistakes` and exit 2
};

struct Loaded {
  Outcome outcome = Outcome::kRun;
  std::string output;
  std::vector<std::string> mistakes;  // all of them, one line each
  std::vector<std::string> warnings;  // one line each
};

// Sets the table's variables from flags, the config file (--config, else
// WANWU_CONFIG) and WANWU_* variables, the former winning over the latter.
// Every value is judged, even one that a stronger source overrides.
Loaded LoadOptions(OptionTable& table, const Program& program,
                   const Inputs& inputs);

// Prints what the user must see. Gives the exit code, or nothing if the
// program is to run.
std::optional<int> Report(const Loaded& loaded, const Program& program,
                          std::ostream& out, std::ostream& err);

}  // namespace wanwu::options
