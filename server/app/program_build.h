#pragma once

#include <string>

namespace wanwu::app {

// Tells this program from every other build of it: the version and the start
// of the executable's sha256. The version alone where that cannot be read.
std::string ProgramBuild();

}  // namespace wanwu::app
