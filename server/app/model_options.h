#pragma once

#include "common/options/option_table.h"
#include "server/app/server_config.h"

namespace wanwu::app {

// Which models are served, bound to `config`.
void AddModelOptions(options::OptionTable& table, ServerConfig& config);

}  // namespace wanwu::app
