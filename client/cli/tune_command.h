#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace wanwu::cli {

// Adds `wanwu tune`. When it is parsed, `selected` becomes its run, which
// returns the exit code.
void AddTuneCommand(CLI::App& app, std::function<int()>& selected);

}  // namespace wanwu::cli
