#include "common/options/load_options.h"

#include <unistd.h>

#include <iterator>
#include <ostream>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/options/option_sources.h"

namespace wanwu::options {
namespace {

constexpr int kExitMistaken = 2;

void Append(std::vector<std::string>& lines, std::vector<std::string> more) {
  lines.insert(lines.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

class Loader {
 public:
  Loader(OptionTable& table, Loaded& loaded) : table_(table), loaded_(loaded) {}

  void Apply(const std::vector<Setting>& settings) {
    for (const Setting& setting : settings) Apply(setting);
  }

  void CheckConditions() {
    Append(loaded_.mistakes, table_.BrokenConditions(mistaken_));
  }

 private:
  void Apply(const Setting& setting) {
    Option& option = *table_.Find(setting.name);
    const absl::Status status = option.set(setting.value);
    if (status.ok()) {
      option.origin = setting.origin;
      return;
    }
    mistaken_.insert(setting.name);
    loaded_.mistakes.push_back(
        absl::StrCat(setting.written, ": ", status.message()));
  }

  OptionTable& table_;
  Loaded& loaded_;
  std::set<std::string> mistaken_;
};

Loaded Printed(std::string output) {
  return {.outcome = Outcome::kPrint,
          .output = std::move(output),
          .mistakes = {},
          .warnings = {}};
}

}  // namespace

std::string Inputs::Variable(std::string_view name) const {
  const std::string start = absl::StrCat(std::string(name), "=");
  for (const std::string& variable : environment) {
    if (variable.starts_with(start)) return variable.substr(start.size());
  }
  return {};
}

Inputs ProcessInputs(int argc, const char* const* argv) {
  Inputs inputs;
  for (int i = 1; i < argc; ++i) inputs.arguments.emplace_back(argv[i]);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    inputs.environment.emplace_back(*variable);
  }
  return inputs;
}

Loaded LoadOptions(OptionTable& table, const Program& program,
                   const Inputs& inputs) {
  CommandLine line = ReadCommandLine(inputs.arguments, table);
  if (line.request == Request::kPrintHelp) {
    return Printed(RenderHelp(program, table));
  }
  if (line.request == Request::kPrintVersion) {
    return Printed(absl::StrCat(program.name, " ", program.version, "\n"));
  }

  Loaded loaded;
  Environment environment =
      ReadEnvironment(inputs.environment, program.foreign_variables, table);
  loaded.warnings = std::move(environment.warnings);
  SourceSettings file;
  const std::optional<std::string>& path =
      line.config_file ? line.config_file : environment.config_file;
  if (path.has_value()) file = ReadFileSettings(*path, table);

  // Weakest first.
  Loader loader(table, loaded);
  loader.Apply(environment.settings);
  Append(loaded.mistakes, std::move(file.mistakes));
  loader.Apply(file.settings);
  Append(loaded.mistakes, std::move(line.mistakes));
  loader.Apply(line.settings);
  loader.CheckConditions();

  if (!loaded.mistakes.empty()) {
    loaded.outcome = Outcome::kMistaken;
  } else if (line.request == Request::kPrintConfig) {
    loaded.outcome = Outcome::kPrint;
    loaded.output = RenderConfig(table);
  }
  return loaded;
}

std::optional<int> Report(const Loaded& loaded, const Program& program,
                          std::ostream& out, std::ostream& err) {
  for (const std::string& warning : loaded.warnings) {
    err << program.name << ": warning: " << warning << '\n';
  }
  for (const std::string& mistake : loaded.mistakes) {
    err << program.name << ": " << mistake << '\n';
  }
  out << loaded.output << std::flush;
  switch (loaded.outcome) {
    case Outcome::kRun:
      return std::nullopt;
    case Outcome::kPrint:
      return 0;
    case Outcome::kMistaken:
      err << program.name << ": " << loaded.mistakes.size()
          << " mistake(s) in the configuration; --help lists the options\n";
      return kExitMistaken;
  }
  return kExitMistaken;
}

}  // namespace wanwu::options
