#include "client/loadgen/load_report.h"

#include "absl/strings/str_cat.h"
#include "client/loadgen/run_figures.h"

namespace wanwu::loadgen {

std::vector<std::string> WarningsOf(const LoadReport& report) {
  std::vector<std::string> warnings;
  for (const RunResult& run : report.runs) {
    for (const std::string& warning : WarningsAbout(run, report.cpus)) {
      warnings.push_back(absl::StrCat(LoadName(run.plan.load), ": ", warning));
    }
  }
  return warnings;
}

std::string ModelOf(const LoadReport& report) {
  for (const RunResult& run : report.runs) {
    if (!run.tally.model.empty()) return run.tally.model;
  }
  return "";
}

}  // namespace wanwu::loadgen
