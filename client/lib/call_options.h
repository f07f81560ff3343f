#pragma once

#include <grpcpp/client_context.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/lib/priority.h"

namespace wanwu::client {

// When a call must have ended.
using Deadline = std::chrono::system_clock::time_point;

// What travels with a call besides its message.
struct CallOptions {
  // Without one the call may last for ever.
  std::optional<Deadline> deadline = {};

  Priority priority = Priority::kInteractive;

  // Further metadata: names in lower case, values in visible ASCII.
  std::vector<std::pair<std::string, std::string>> metadata = {};
};

inline void Apply(const CallOptions& options, grpc::ClientContext& context) {
  if (options.deadline.has_value()) context.set_deadline(*options.deadline);
  SetPriority(context, options.priority);
  for (const auto& [name, value] : options.metadata) {
    context.AddMetadata(name, value);
  }
}

}  // namespace wanwu::client
