#pragma once

#include <string>

#include "client/loadgen/load_report.h"

namespace wanwu::loadgen {

// The report as one JSON object, indented, with a final '\n'. docs/bench.md
// describes its fields.
std::string ToJson(const LoadReport& report);

}  // namespace wanwu::loadgen
