#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>

namespace wanwu::cli {

// Turns SIGINT and SIGTERM into a call of a handler, once, on a thread of its
// own. A second signal, or one while there is no handler, ends the process at
// once with kExitInterrupted.
//
// Make it before any other thread: threads that are already there would still
// die of the signal.
class InterruptSignal {
 public:
  InterruptSignal();

  // The signals have their default effect again.
  ~InterruptSignal();

  InterruptSignal(const InterruptSignal&) = delete;
  InterruptSignal& operator=(const InterruptSignal&) = delete;

  // Sets the handler; nullptr takes it away, and then it is not running either.
  void Handle(std::function<void()> handler);

  bool Raised() const { return raised_; }

 private:
  void Run();

  const int signals_;
  const int stop_;
  std::mutex mu_;
  // Guarded by mu_, which is held while it runs.
  std::function<void()> handler_;
  std::atomic<bool> raised_ = false;
  // Last: joined before the rest goes.
  std::thread thread_;
};

}  // namespace wanwu::cli
