#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>

#include "server/rpc/call_services.h"
#include "server/rpc/request_facts.h"

namespace wanwu::rpc {

// The one span of a call that takes no pictures, if it is traced. What finds no
// memory is not told of.
class UnarySpan {
 public:
  // Of a call that begins. `services`, `service` and `method`
  // outlive this.
  UnarySpan(const CallServices& services, const grpc::ServerContext& context,
            const char* service, const char* method) noexcept;

  // Before the call is told of it.
  void End(const grpc::Status& status) noexcept;

 private:
  const CallServices& services_;
  const char* method_;
  // Nothing unless it is traced.
  std::optional<RequestFacts> facts_;
};

}  // namespace wanwu::rpc
