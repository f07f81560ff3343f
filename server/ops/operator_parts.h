#pragma once

#include <cstdint>
#include <string>

#include "common/logging/logger.h"
#include "server/rpc/connection_acceptor.h"
#include "server/rpc/grpc_server_parts.h"

namespace wanwu::ops {

struct BuildInfo {
  std::string version;
  std::string compiler;
  std::string grpc;
};

// Bytes that callers can make the process hold, by what holds them.
struct MemoryLimits {
  int64_t budget = 0;
  int64_t receive = 0;
  int64_t queue = 0;
  int64_t decoders = 0;
};

// What operators are shown. All of it outlives who shows it and is thread-safe.
struct OperatorParts {
  rpc::GrpcServerParts server;
  const rpc::ConnectionCounters& connections;
  const logging::Logger& log;
  MemoryLimits memory;
  BuildInfo build;
  // The options in force with their origin, as --print_config prints them.
  std::string options;
};

}  // namespace wanwu::ops
