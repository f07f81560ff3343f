#pragma once

#include <string>
#include <vector>

#include "client/cli/terminal.h"
#include "client/cli/top_figures.h"

namespace wanwu::cli {

// The servers on a terminal of that size, each line ending in '\n': some lines
// for each server if there is room for them, else one.
std::string RenderTop(const std::vector<TopServer>& servers,
                      const TerminalExtent& size, const Palette& palette);

// One line on one server, ending in '\n'.
std::string TopLine(const TopServer& server);

// The same as an object of JSON. Figures that are not known are left out.
std::string TopJson(const TopServer& server);

}  // namespace wanwu::cli
