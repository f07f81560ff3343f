#pragma once

#include <string>

#include "client/cli/terminal.h"
#include "client/loadgen/load_report.h"

namespace wanwu::cli {

// The report for people: a row per run, where the server's time went, batch
// sizes, errors, and what to beware of.
std::string BenchTable(const loadgen::LoadReport& report,
                       const Palette& palette);

}  // namespace wanwu::cli
