#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace wanwu::cli {

// Adds `wanwu merge`. When the command line names it, `selected` is set to what
// runs it and returns the exit code.
void AddMergeCommand(CLI::App& app, std::function<int()>& selected);

}  // namespace wanwu::cli
