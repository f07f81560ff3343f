#pragma once

#include <signal.h>

#include <atomic>
#include <thread>

namespace wanwu::signals {

// Turns SIGTERM and SIGINT into an event that one can wait for. The second
// such signal ends the process at once, with exit code 128 + its number and
// without any clean-up. A SIGINT that was ignored at the start stays ignored:
// a shell does that for what it runs in the background, so that Ctrl-C reaches
// the script in front, which then stops this process by its own signal.
//
// Construct it in main before any thread starts: it blocks both signals in the
// calling thread, from which later threads inherit that; in a thread that does
// not, a signal would kill the process. At most one at a time.
class ShutdownSignal {
 public:
  // Throws std::system_error if the kernel has no file descriptor left.
  ShutdownSignal();
  // Gives the calling thread its signal mask back.
  ~ShutdownSignal();

  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Blocks until the first signal and returns its number. Thread-safe.
  int Wait() const;

  // For work that can stop half-way, such as loading. Thread-safe.
  bool received() const { return first_.load() != 0; }

 private:
  void Listen();

  // Constant after construction.
  sigset_t previous_mask_;
  int signals_fd_ = -1;
  int stop_fd_ = -1;

  std::atomic<int> first_ = 0;  // written by listener_ only
  std::thread listener_;
};

}  // namespace wanwu::signals
