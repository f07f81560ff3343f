#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/admin/admin_service.h"
#include "server/rpc/call_services.h"
#include "server/rpc/connection_acceptor.h"
#include "server/rpc/cq_poller.h"
#include "server/rpc/handed_connections.h"
#include "server/rpc/health_calls.h"

namespace wanwu::admin {

// The admin listener: wanwu.v1.Admin, reflection and channelz on gRPC's own few
// threads, since these calls are rare and some of them wait; health on a
// thread of its own, as on the other listener. Thread-safe.
class AdminServer {
 public:
  struct Options {
    // HOST:PORT or unix:PATH. Port 0: a free one.
    std::string address;
    // Null: in the clear.
    std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
  };

  // All parts must outlive the server; their access is that of this listener.
  // Start it after other gRPC servers of the process: channelz joins every
  // server that is built from then on. UNAVAILABLE if the address cannot be
  // had.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const Options& options, AdminActions& actions,
      const rpc::GrpcServerParts& parts);
  ~AdminServer() { Shutdown(); }
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // The port listened on; 0 for a unix socket.
  int port() const { return port_; }

  // Can only this machine reach it?
  bool local() const { return local_; }

  // Calls under way are cancelled and waited for; what they wait for must end
  // by itself. Idempotent.
  void Shutdown();

 private:
  AdminServer(AdminActions& actions, const rpc::GrpcServerParts& parts);

  absl::Status Listen(const Options& options);
  void PostRequests();

  rpc::CallServices services_;
  AdminService service_;
  rpc::HealthService health_;
  std::unique_ptr<rpc::CqPoller> poller_;
  std::optional<rpc::HandedConnections> connected_;
  std::unique_ptr<grpc::Server> server_;
  rpc::ConnectionCounters connections_;
  std::unique_ptr<rpc::ConnectionAcceptor> acceptor_;
  int port_ = 0;
  bool local_ = true;
};

}  // namespace wanwu::admin
