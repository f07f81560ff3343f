#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/logging/rate_limited_log.h"
#include "server/rpc/connection_table.h"
#include "server/rpc/descriptor.h"
#include "server/rpc/listen_address.h"

namespace wanwu::rpc {

// What became of callers' connections. Thread-safe.
struct ConnectionCounters {
  std::atomic<int> open{0};   // some may be seen as such a second too long
  std::atomic<int> limit{0};  // more than so many cannot be open
  std::atomic<int64_t> accepted{0};
  std::atomic<int64_t> closed_for_room{0};
};

// Accepts connections, because gRPC 1.51's own listener gives up for good when
// descriptors run out. Some descriptors are kept for the rest of the process:
// when only those are left, or there are more connections than allowed, the
// ones that have been silent for longest are closed.
class ConnectionAcceptor {
 public:
  struct Options {
    int max_connections = 0;  // 0: what the descriptors allow
    // Owns the connection's descriptor from then on. On the acceptor's thread.
    std::function<void(int descriptor)> hand_over;
  };

  // `log` and `counters` must outlive it.
  ConnectionAcceptor(const Options& options, Listening listening,
                     logging::RateLimitedLog& log,
                     ConnectionCounters& counters);
  ~ConnectionAcceptor() { Stop(); }
  ConnectionAcceptor(const ConnectionAcceptor&) = delete;
  ConnectionAcceptor& operator=(const ConnectionAcceptor&) = delete;

  // For sockets that are bound only: listens. See StartListening().
  absl::Status Listen(const std::string& address) const {
    return StartListening(listening_, address);
  }

  void Start();

  // Listens no more; the connections stay. Idempotent.
  void Stop();

  // After Stop: see ConnectionTable.
  void StopReading();
  void CloseAll();

 private:
  void Run();
  // Until nobody waits, or many have come.
  void AcceptFrom(int listener);
  void Take(int descriptor);
  void KeepWithinLimits();
  // Until some connection has gone, but not for long.
  void AwaitRoom();
  void MakeRoom();
  void WaitAMoment();

  const Options options_;
  logging::RateLimitedLog& log_;
  ConnectionCounters& counters_;
  // So many connections leave enough descriptors to the rest of the process.
  const int room_;
  Listening listening_;
  ConnectionTable table_;
  Descriptor stop_event_;
  std::thread thread_;
};

}  // namespace wanwu::rpc
