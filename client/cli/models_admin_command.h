#pragma once

#include <CLI/App.hpp>
#include <functional>

namespace wanwu::cli {

// Adds load, unload and default to `wanwu models`. When one is parsed,
// `selected` becomes its run, which returns the exit code.
void AddModelsAdminCommands(CLI::App& models, std::function<int()>& selected);

}  // namespace wanwu::cli
