#pragma once

#include <chrono>
#include <cstddef>

namespace wanwu::rpc {

// What callers may ask of the calls that we serve.
struct CallLimits {
  // Of one message. What is larger never gets here.
  size_t max_message_bytes = size_t{20} << 20;
  // Pictures of one ClassifyBatch stream that are unanswered at a time.
  int max_stream_in_flight = 64;
  // Calls of WatchStatus, and of Health.Watch, at a time.
  int max_status_watches = 100;
  int max_health_watches = 1000;
  // How long the only message of a call may take from the call's head on.
  std::chrono::microseconds receive_timeout = std::chrono::seconds(30);
  // How long a written answer may wait for its caller to take it.
  std::chrono::microseconds reader_timeout = std::chrono::seconds(60);
};

}  // namespace wanwu::rpc
