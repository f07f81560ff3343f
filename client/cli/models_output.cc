#include "client/cli/models_output.h"

#include <map>
#include <string>

#include "client/cli/choice_option.h"

namespace wanwu::cli {

void AddModelsFormat(CLI::App& command, ModelsFormat& format) {
  const std::map<std::string, ModelsFormat> formats = {
      {"table", ModelsFormat::kTable}, {"json", ModelsFormat::kJson}};
  AddChoice(command, {"--output", "Format of the answer"}, formats, format);
}

}  // namespace wanwu::cli
