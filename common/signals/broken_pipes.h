#pragma once

#include <csignal>

namespace wanwu::signals {

// From now on a write that nobody reads any more is an error of that write,
// not the end of the process.
inline void IgnoreBrokenPipes() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace wanwu::signals
