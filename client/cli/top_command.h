#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace wanwu::cli {

// Adds `wanwu top`. When it is parsed, `selected` becomes its run, which
// returns the exit code.
void AddTopCommand(CLI::App& app, std::function<int()>& selected);

}  // namespace wanwu::cli
