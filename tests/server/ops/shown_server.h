#pragma once

#include "server/ops/operator_parts.h"
#include "tests/support/test_server.h"

namespace wanwu::test_support {

// What operators are shown of `server`, with that health; both must outlive it.
inline ops::OperatorParts PartsOf(TestServer& server,
                                  rpc::HealthState& health) {
  const rpc::GrpcServerParts parts = server.parts();
  return {.server = {.pipeline = parts.pipeline,
                     .catalog = parts.catalog,
                     .clock = parts.clock,
                     .error_log = parts.error_log,
                     .answers = parts.answers,
                     .requests = parts.requests,
                     .run = parts.run,
                     .health = health},
          .connections = server.grpc_server().connections(),
          .log = server.log(),
          .memory = {.budget = 80, .receive = 10, .queue = 20, .decoders = 40},
          .build = {.version = "1.2.3", .compiler = "GCC", .grpc = "1.51"},
          .options = "lanes: 2  # flag\n"};
}

}  // namespace wanwu::test_support
