#pragma once

#include <signal.h>

#include <array>

namespace wanwu::signals {

// Turns SIGTERM and SIGINT into an event that one can wait for. The second
// such signal ends the process at once, with exit code 128 + its number and
// without any clean-up. A SIGINT that was ignored at the start stays ignored:
// a shell does that for what it runs in the background, so that Ctrl-C reaches
// the script in front, which then stops this process by its own signal.
//
// It handles the signals rather than blocking them, which would have to be done
// in every thread: a library that starts threads when it is loaded, such as
// OpenBLAS, does so before main. At most one at a time.
class ShutdownSignal {
 public:
  // Throws std::system_error if the kernel has no file descriptor left.
  ShutdownSignal();
  // Gives the signals their previous handlers back.
  ~ShutdownSignal();

  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // As a first signal does, but signals count from none: for a request that a
  // signal may follow. Thread-safe.
  void Request() const;

  // Blocks until the first signal and returns its number, or 0 if it was a
  // request. Thread-safe.
  int Wait() const;

  // For work that can stop half-way, such as loading. Thread-safe.
  bool received() const;

 private:
  struct Handled {
    int signal = 0;
    struct sigaction previous = {};
  };

  std::array<Handled, 2> handled_ = {{{SIGTERM, {}}, {SIGINT, {}}}};
};

}  // namespace wanwu::signals
