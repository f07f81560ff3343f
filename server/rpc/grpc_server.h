#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/rpc/added_service.h"
#include "server/rpc/call_services.h"
#include "server/rpc/classifier_service.h"
#include "server/rpc/connection_acceptor.h"
#include "server/rpc/cq_poller.h"
#include "server/rpc/handed_connections.h"
#include "server/rpc/health_calls.h"
#include "server/rpc/transport_limits.h"

namespace wanwu::rpc {

enum class Reflection { kOn, kOff };

enum class Accepting { kAtOnce, kWhenTold };

struct GrpcServerOptions {
  // HOST:PORT or unix:PATH. Port 0: a free one.
  std::string listen_address;
  // Completion queues, each with one thread.
  int pollers = 1;
  TransportLimits transport;
  CallLimits calls;
  Reflection reflection = Reflection::kOn;
  Accepting accepting = Accepting::kAtOnce;
  // Null: in the clear.
  std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
  std::vector<std::shared_ptr<AddedService>> added = {};
};

// The gRPC listener with its queues, pollers and posted requests. Stop in this
// order: BeginDrain, StopReading, the pipeline until it is idle, Shutdown.
class GrpcServer {
 public:
  // Serves at once, or from Accept() on, until when callers are refused, or on
  // a unix socket wait. UNAVAILABLE if the address cannot be had.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(
      const GrpcServerOptions& options, const GrpcServerParts& parts);
  // Shuts down at once.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Once, if it was to be told. UNAVAILABLE if somebody else who was bound to
  // the address has begun to listen.
  absl::Status Accept();

  // The port listened on; 0 for a unix socket.
  int port() const { return port_; }

  // Can only this machine reach it?
  bool local() const { return local_; }

  const ConnectionCounters& connections() const { return connections_; }

  // Adds the pollers that are handling an event.
  void ListThreadsAtWork(std::vector<batching::ThreadAtWork>& threads) const;

  // Refuses new connections. Streams read no more and end once what they have
  // read is answered; watches end. Other calls are served as before.
  void BeginDrain();

  // Once no message is half received, but after `patience` at the latest, reads
  // no more. What callers send from then on they may send to another server:
  // they learn at the shutdown that this one has not seen it. False if it is
  // read all the same, as from unix sockets.
  [[nodiscard]] bool StopReading(std::chrono::milliseconds patience);

  // Waits until every call that was received is answered, but for `grace` at
  // most, and breaks off the rest (UNAVAILABLE). Ends all threads. Idempotent.
  void Shutdown(std::chrono::milliseconds grace);

 private:
  GrpcServer(const GrpcServerOptions& options, const GrpcServerParts& parts);

  absl::Status Listen(const GrpcServerOptions& options);
  void PostRequests();
  bool OnUnixSocket() const { return port_ == 0; }

  CallServices services_;
  ClassifierService classifier_service_;
  HealthService health_service_;
  const std::vector<std::shared_ptr<AddedService>> added_;
  std::vector<std::unique_ptr<CqPoller>> pollers_;
  std::optional<HandedConnections> connected_;
  std::unique_ptr<grpc::Server> server_;
  std::string listen_address_;
  ConnectionCounters connections_;
  std::unique_ptr<ConnectionAcceptor> acceptor_;
  int port_ = 0;
  bool local_ = true;
};

}  // namespace wanwu::rpc
