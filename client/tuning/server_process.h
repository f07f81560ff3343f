#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wanwu::tuning {

// What a server says when it listens.
struct Listening {
  int port = 0;
  // That it counts for itself.
  int cpus = 1;
};

// A wanwu-server that was started as a child. It is told to end when the thread
// that started it ends, however that comes. For that thread, but for Stop().
class ServerProcess {
 public:
  // Looks for `program` in PATH if it holds no slash. Its log must be JSON on
  // standard error, its standard output goes nowhere. NOT_FOUND if it cannot be
  // started.
  static absl::StatusOr<std::unique_ptr<ServerProcess>> Start(
      const std::string& program, const std::vector<std::string>& arguments);

  // Stops it if it still runs: SIGTERM, and SIGKILL kStopTime later.
  ~ServerProcess();

  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  static constexpr std::chrono::seconds kStopTime{10};

  pid_t pid() const;

  // Waits until it listens. FAILED_PRECONDITION with the last thing it said if
  // it ends before.
  absl::StatusOr<Listening> WaitUntilListening(std::chrono::seconds patience);

  // What it said last that tells why it failed; a line.
  std::string LastWords() const;

  // Sends SIGTERM if it still runs. Thread-safe.
  void Terminate();

 private:
  class Impl;
  explicit ServerProcess(std::unique_ptr<Impl> impl);

  const std::unique_ptr<Impl> impl_;
};

}  // namespace wanwu::tuning
