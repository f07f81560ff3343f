#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "client/cli/command_line.h"

int main(int argc, char** argv) {
  // A reader that goes away is a write error, so that the commands end
  // themselves.
  std::signal(SIGPIPE, SIG_IGN);
  // gRPC's own log lines are no use to a user; set it to see them.
  setenv("GRPC_VERBOSITY", "NONE", 0);

  const int code = wanwu::cli::RunCommandLine(argc, argv);
  std::cout.flush();
  std::fflush(nullptr);
  // gRPC's threads still run, see MakeClient(): no destructor of a static
  // object may race them.
  std::_Exit(code);
}
