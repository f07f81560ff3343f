#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/logging/rate_limited_log.h"
#include "server/admin/admin_health.h"
#include "server/admin/admin_service.h"
#include "server/rpc/connection_acceptor.h"
#include "server/rpc/handed_connections.h"
#include "server/rpc/health_state.h"

namespace wanwu::admin {

// The admin listener: wanwu.v1.Admin, health, reflection and channelz, on
// gRPC's own few threads, since these calls are rare and some of them wait.
// Thread-safe.
class AdminServer {
 public:
  // All parts must outlive the server. Start it after other gRPC servers of
  // the process: channelz joins every server that is built from then on.
  // UNAVAILABLE if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const std::string& address, const AdminService::Parts& parts,
      const rpc::HealthState& health, logging::RateLimitedLog& log);
  ~AdminServer() { Shutdown(); }
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // The port listened on; 0 for a unix socket.
  int port() const { return port_; }

  // Calls under way are cancelled and waited for; what they wait for must end
  // by itself. Idempotent.
  void Shutdown();

 private:
  AdminServer(const AdminService::Parts& parts, const rpc::HealthState& health)
      : service_(parts), health_(health) {}

  absl::Status Listen(const std::string& address, logging::RateLimitedLog& log);

  AdminService service_;
  AdminHealth health_;
  std::optional<rpc::HandedConnections> connected_;
  std::unique_ptr<grpc::Server> server_;
  rpc::ConnectionCounters connections_;
  std::unique_ptr<rpc::ConnectionAcceptor> acceptor_;
  int port_ = 0;
};

}  // namespace wanwu::admin
