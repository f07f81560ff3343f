#pragma once

namespace wanwu::cli {

// Parses the arguments, runs the command and returns the exit code. Mistakes
// are one line on standard error and kExitUsage.
int RunCommandLine(int argc, const char* const* argv);

}  // namespace wanwu::cli
