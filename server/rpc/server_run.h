#pragma once

#include <atomic>
#include <string>

#include "batching/clock.h"

namespace wanwu::rpc {

enum class ServerState { kStarting, kServing, kDraining };

inline const char* StateName(ServerState state) {
  switch (state) {
    case ServerState::kStarting:
      return "starting";
    case ServerState::kServing:
      return "serving";
    case ServerState::kDraining:
      return "draining";
  }
  return "?";
}

// What WatchStatus says of the process. Thread-safe.
struct ServerRun {
  const std::string version;
  const batching::Clock::TimePoint started_at;
  // Only moves on, set by whoever starts and drains the server.
  std::atomic<ServerState> state{ServerState::kStarting};
};

}  // namespace wanwu::rpc
