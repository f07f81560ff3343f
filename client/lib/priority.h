#pragma once

#include <grpcpp/client_context.h>

namespace wanwu::client {

enum class Priority { kInteractive, kBulk };

// Sets the metadata "wanwu-priority". The server's default, interactive, is not
// sent.
inline void SetPriority(grpc::ClientContext& context, Priority priority) {
  if (priority == Priority::kBulk) {
    context.AddMetadata("wanwu-priority", "bulk");
  }
}

}  // namespace wanwu::client
