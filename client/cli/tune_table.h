#pragma once

#include <string>

#include "client/cli/terminal.h"
#include "client/tuning/tune_report.h"

namespace wanwu::cli {

// What was tried, a row per configuration with the medians of its runs, the
// best marked; empty if nothing was.
std::string TrialTable(const tuning::Goal& goal,
                       const tuning::SearchState& state,
                       const Palette& palette);

// The whole report for people.
std::string TuneTable(const tuning::TuneReport& report, const Palette& palette);

}  // namespace wanwu::cli
