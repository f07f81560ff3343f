#pragma once

#include <string>

#include "client/loadgen/load_report.h"

namespace wanwu::loadgen {

// The report as one HTML file that needs no other: tables, and plots as inline
// SVG; light or dark as the reader prefers. Well-formed XML, too.
std::string ToHtml(const LoadReport& report);

}  // namespace wanwu::loadgen
