#pragma once

#include <termios.h>

#include <chrono>
#include <optional>
#include <ostream>
#include <string>

namespace wanwu::cli {

// The whole terminal, for as long as this lives: a screen beside the one with
// the shell's lines, keys as they are typed. What was there before comes back.
//
// Make it before any other thread: SIGWINCH must be blocked in all of them.
class LiveTerminal {
 public:
  enum class Event { kTimeout, kResized, kQuit };

  // Standard output is a terminal; keys are read if standard input is, too.
  explicit LiveTerminal(std::ostream& terminal);
  ~LiveTerminal();
  LiveTerminal(const LiveTerminal&) = delete;
  LiveTerminal& operator=(const LiveTerminal&) = delete;

  // Lines that end in '\n', instead of those before.
  void Draw(const std::string& lines);

  // The next event, kTimeout at `until`. kQuit: q was typed, or Quit() called.
  Event Wait(std::chrono::steady_clock::time_point until);

  // On any thread.
  void Quit();

 private:
  bool TakeKeys() const;

  std::ostream& terminal_;
  const int resized_;
  const int quit_;
  std::optional<termios> before_;
};

}  // namespace wanwu::cli
