#pragma once

#include <string>
#include <vector>

#include "client/tuning/settings.h"

namespace wanwu::tuning {

// The settings as a config file of wanwu-server, headed by these lines as
// comments.
std::string ToConfigFile(const Settings& settings,
                         const std::vector<std::string>& comments);

}  // namespace wanwu::tuning
