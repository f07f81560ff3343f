#include "tests/client/support/process.h"

#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace wanwu::test {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Reads to the end. A terminal ends with EIO.
void ReadAll(int descriptor, std::string& text) {
  char bytes[4096];
  for (;;) {
    const ssize_t count = read(descriptor, bytes, sizeof(bytes));
    if (count <= 0) return;
    text.append(bytes, static_cast<std::size_t>(count));
  }
}

int FileOf(const std::string& bytes) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  Require(file >= 0);
  Require(write(file, bytes.data(), bytes.size()) ==
          static_cast<ssize_t>(bytes.size()));
  Require(lseek(file, 0, SEEK_SET) == 0);
  return file;
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) {
    pointers.push_back(const_cast<char*>(text.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

struct Ends {
  int parent = -1;
  int child = -1;
};

Ends MakePipe() {
  int ends[2];
  Require(pipe2(ends, O_CLOEXEC) == 0);
  return {ends[0], ends[1]};
}

Ends MakeTerminal() {
  Ends ends;
  const winsize size = {24, 100, 0, 0};
  Require(openpty(&ends.parent, &ends.child, nullptr, nullptr, &size) == 0);
  fcntl(ends.parent, F_SETFD, FD_CLOEXEC);
  fcntl(ends.child, F_SETFD, FD_CLOEXEC);
  return ends;
}

}  // namespace

Process::Process(const Command& command) {
  const std::vector<char*> arguments = Pointers(command.arguments);
  const std::vector<char*> environment = Pointers(command.environment);
  const bool terminal = command.console == Console::kTerminal;
  const int input = FileOf(command.input);
  const Ends out = terminal ? MakeTerminal() : MakePipe();
  const Ends err = terminal ? Ends() : MakePipe();

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.child, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, terminal ? out.child : err.child,
                                   STDERR_FILENO);
  Require(posix_spawn(&pid_, arguments[0], &actions, nullptr, arguments.data(),
                      environment.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(input);
  close(out.child);
  if (!terminal) close(err.child);
  out_ = out.parent;
  err_ = err.parent;
  out_reader_ = std::thread([this] { ReadAll(out_, outcome_.out); });
  if (!terminal) {
    err_reader_ = std::thread([this] { ReadAll(err_, outcome_.err); });
  }
}

Process::~Process() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  Collect();
}

void Process::Signal(int signal) const { kill(pid_, signal); }

Outcome Process::Wait() {
  Collect();
  return outcome_;
}

void Process::Collect() {
  int status = 0;
  rusage usage = {};
  Require(wait4(pid_, &status, 0, &usage) == pid_);
  outcome_.peak_bytes = static_cast<std::size_t>(usage.ru_maxrss) * 1024;
  pid_ = -1;
  out_reader_.join();
  close(out_);
  if (err_reader_.joinable()) {
    err_reader_.join();
    close(err_);
  }
  outcome_.code =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Outcome RunProcess(const Command& command) { return Process(command).Wait(); }

}  // namespace wanwu::test
