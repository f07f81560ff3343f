#pragma once

#include <string>

namespace wanwu::signals {

// From now on, when a signal such as SIGSEGV or SIGABRT ends the process,
// standard error first gets what was running: the program's name and version,
// its command line, and the stack of the thread that crashed, with names. To be
// called once, in main. Under sanitizers, which report better, no effect.
void ReportCrashes(const std::string& program_and_version, int argc,
                   char** argv);

}  // namespace wanwu::signals
