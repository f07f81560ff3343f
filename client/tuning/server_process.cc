#include "client/tuning/server_process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <boost/process/pipe.hpp>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wanwu::tuning {
namespace {

namespace process = boost::process;

// In the child, before it becomes the program: undoes what the parent's
// handling of signals leaves to its children.
void PrepareChild(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // It was too late for that.
  if (getppid() != parent) _exit(EXIT_FAILURE);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
}

// Empty if it is in none of PATH's folders. Boost's own needs a library of
// Boost.
std::string FindInPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  const std::vector<std::string> folders =
      absl::StrSplit(path == nullptr ? "" : path, ':', absl::SkipEmpty());
  for (const std::string& folder : folders) {
    const std::string file = absl::StrCat(folder, "/", program);
    if (access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

}  // namespace

class ServerProcess::Impl {
 public:
  Impl(const std::string& program, const std::vector<std::string>& arguments)
      : child_(process::exe = program, process::args = arguments,
               process::std_in = process::null,
               process::std_out = process::null, process::std_err = log_,
               process::extend::on_exec_setup(
                   [parent = getpid()](auto& /*executor*/) {
                     PrepareChild(parent);
                   })),
        reader_([this] { ReadLog(); }) {}

  ~Impl() {
    Terminate();
    std::unique_lock lock(mu_);
    if (!changed_.wait_for(lock, kStopTime, [this] { return ended_; })) {
      kill(child_.id(), SIGKILL);
    }
    lock.unlock();
    reader_.join();
    std::error_code ignored;
    child_.wait(ignored);
  }

  pid_t pid() const { return child_.id(); }

  absl::StatusOr<Listening> WaitUntilListening(std::chrono::seconds patience) {
    std::unique_lock lock(mu_);
    changed_.wait_for(lock, patience, [this] { return listening_ || ended_; });
    if (listening_) return *listening_;
    return absl::FailedPreconditionError(ended_ ? last_words_
                                                : "it did not listen in time");
  }

  std::string LastWords() const {
    const std::lock_guard lock(mu_);
    return last_words_;
  }

  void Terminate() {
    // Its id stays its own until it is waited for.
    kill(child_.id(), SIGTERM);
  }

 private:
  void ReadLog() {
    for (std::string line; std::getline(log_, line);) TakeLine(line);
    const std::lock_guard lock(mu_);
    ended_ = true;
    changed_.notify_all();
  }

  void TakeLine(const std::string& line) {
    const auto event = nlohmann::json::parse(line, nullptr, false);
    const std::lock_guard lock(mu_);
    if (!event.is_object()) {
      // A mistake in the options; the last line only counts them.
      if (last_words_.empty()) last_words_ = line;
      return;
    }
    const std::string name = event.value("event", "");
    if (name == "server_listening") {
      listening_ = {.port = event.value("port", 0),
                    .cpus = std::max(1, event.value("cpus", 1))};
      changed_.notify_all();
    } else if (event.value("level", "") == "error") {
      last_words_ = absl::StrCat(name, ": ", event.value("error", ""));
    }
  }

  process::ipstream log_;
  process::child child_;
  mutable std::mutex mu_;
  std::condition_variable changed_;
  // Guarded by mu_.
  std::optional<Listening> listening_;
  std::string last_words_;
  bool ended_ = false;
  // Last: it uses the rest.
  std::thread reader_;
};

absl::StatusOr<std::unique_ptr<ServerProcess>> ServerProcess::Start(
    const std::string& program, const std::vector<std::string>& arguments) {
  const std::string path =
      program.find('/') != std::string::npos ? program : FindInPath(program);
  if (path.empty()) {
    return absl::NotFoundError(absl::StrCat(program, " is not in PATH"));
  }
  try {
    return std::unique_ptr<ServerProcess>(
        new ServerProcess(std::make_unique<Impl>(path, arguments)));
  } catch (const std::system_error& error) {
    return absl::NotFoundError(
        absl::StrCat(path, ": ", error.code().message()));
  }
}

ServerProcess::ServerProcess(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

ServerProcess::~ServerProcess() = default;

pid_t ServerProcess::pid() const { return impl_->pid(); }

absl::StatusOr<Listening> ServerProcess::WaitUntilListening(
    std::chrono::seconds patience) {
  return impl_->WaitUntilListening(patience);
}

std::string ServerProcess::LastWords() const { return impl_->LastWords(); }

void ServerProcess::Terminate() { impl_->Terminate(); }

}  // namespace wanwu::tuning
