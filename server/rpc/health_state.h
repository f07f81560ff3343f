#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/rpc/broadcast.h"

namespace wanwu::rpc {

enum class Serving { kYes, kNo };

// Keys beside the names of services. Not live: restart the process.
inline constexpr char kLiveness[] = "liveness";
inline constexpr char kReadiness[] = "readiness";

// What grpc.health.v1 answers, per service name. Thread-safe.
class HealthState {
 public:
  // All `services` begin as not serving.
  explicit HealthState(const std::vector<std::string>& services);

  // Only services named at construction exist.
  void Set(const std::string& service, Serving serving);
  std::optional<Serving> Get(const std::string& service) const;
  std::map<std::string, Serving> List() const;

  // Ends every Watch: the server is about to shut down.
  void EndWatches();
  bool watches_ended() const;

  // Notified of each change.
  Broadcast& changes() { return changes_; }

 private:
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, Serving> services_;
  bool watches_ended_ = false;

  Broadcast changes_;
};

}  // namespace wanwu::rpc
