#pragma once

#include <unistd.h>

#include <CLI/App.hpp>
#include <iostream>

#include "absl/status/statusor.h"
#include "client/cli/error_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/terminal.h"
#include "client/lib/proto_json.h"

namespace wanwu::cli {

enum class ModelsFormat { kTable, kJson };

// Adds --output.
void AddModelsFormat(CLI::App& command, ModelsFormat& format);

// The answer on standard output, a table made by `table`, or the error; returns
// the exit code.
template <typename Response, typename Table>
int ShowModels(const absl::StatusOr<Response>& response, ModelsFormat format,
               Table table) {
  if (!response.ok()) {
    std::cerr << ErrorLine("", response.status());
    return kExitFailed;
  }
  std::cout << (format == ModelsFormat::kJson
                    ? client::ToJson(*response) + '\n'
                    : table(*response, PaletteFor(STDOUT_FILENO)));
  return std::cout.flush() ? kExitOk : kExitFailed;
}

}  // namespace wanwu::cli
