#pragma once

#include <signal.h>

namespace wanwu::signals {

// SIGHUP does nothing to this process from now on, until somebody asks for
// more. For the first lines of main: its default is to end the process.
inline void IgnoreHangUp() { ::signal(SIGHUP, SIG_IGN); }

// Turns SIGHUP into an event that one can wait for. Several that come before
// anybody looks are one. At most one at a time.
class ReloadSignal {
 public:
  // Throws std::system_error if the kernel has no file descriptor left.
  ReloadSignal();
  // From then on SIGHUP is ignored.
  ~ReloadSignal();

  ReloadSignal(const ReloadSignal&) = delete;
  ReloadSignal& operator=(const ReloadSignal&) = delete;

  // Readable while a signal has come that was not taken.
  int descriptor() const;

  // Whether one has come since the last time. Never waits.
  bool Take();
};

}  // namespace wanwu::signals
