#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace wanwu::test {

// Where a process's standard output and error go.
enum class Console { kPipes, kTerminal };

struct Command {
  std::vector<std::string> arguments;

  // "NAME=VALUE", instead of the test's own environment.
  std::vector<std::string> environment = {};

  // Bytes of its standard input.
  std::string input = {};

  // kTerminal: one terminal for both, whose text is Outcome::out.
  Console console = Console::kPipes;
};

struct Outcome {
  // The exit code, or 128 + the signal that ended it.
  int code = -1;
  std::string out;
  std::string err;
  // Most memory that it held at once.
  std::size_t peak_bytes = 0;
};

// A program that was started. Its output is collected all the time.
class Process {
 public:
  explicit Process(const Command& command);

  // Kills it if it still runs.
  ~Process();

  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Signal(int signal) const;

  // Waits for its end. Once.
  Outcome Wait();

 private:
  void Collect();

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  Outcome outcome_;
  std::thread out_reader_;
  std::thread err_reader_;
};

// Starts it and waits for its end.
Outcome RunProcess(const Command& command);

}  // namespace wanwu::test
