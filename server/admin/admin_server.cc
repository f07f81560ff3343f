#include "server/admin/admin_server.h"

#include <grpcpp/ext/channelz_service_plugin.h>

#include <chrono>
#include <utility>

#include "server/rpc/library_services.h"
#include "server/rpc/listen_address.h"
#include "server/rpc/reflection_choice.h"

namespace wanwu::admin {
namespace {

constexpr int kMaxConnections = 64;
constexpr int kMaxStreams = 32;
constexpr int kMaxMessageBytes = 64 << 10;
constexpr int kMaxHealthWatches = 256;
// Of health's calls, per method.
constexpr int kPosted = 4;
// Those that wait for models leave half of them to others.
constexpr int kMaxThreads = 2 * AdminService::kMostWaiting;

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreams);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
  grpc::ResourceQuota quota("wanwu-admin");
  quota.SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
}

}  // namespace

AdminServer::AdminServer(AdminActions& actions,
                         const rpc::GrpcServerParts& parts)
    : services_(parts, {.max_health_watches = kMaxHealthWatches}),
      service_({.actions = actions,
                .pipeline = parts.pipeline,
                .catalog = parts.catalog,
                .run = parts.run,
                .access = services_.access}) {}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const Options& options, AdminActions& actions,
    const rpc::GrpcServerParts& parts) {
  std::unique_ptr<AdminServer> server(new AdminServer(actions, parts));
  const absl::Status status = server->Listen(options);
  if (!status.ok()) return status;
  server->PostRequests();
  server->poller_->Start();
  server->acceptor_->Start();
  return server;
}

absl::Status AdminServer::Listen(const Options& options) {
  absl::StatusOr<rpc::Listening> listening = rpc::ListenOn(options.address);
  if (!listening.ok()) return listening.status();
  port_ = listening->port();
  local_ = listening->local();
  grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  rpc::AddReflection(builder);
  rpc::CheckCallersOfLibraryServices(builder, services_.access);
  builder.RegisterService(&service_);
  builder.RegisterService(&health_);
  connected_.emplace(builder, options.credentials);
  auto queue = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC does not start");
  poller_ = std::make_unique<rpc::CqPoller>(std::move(queue), services_.clock);
  acceptor_ = std::make_unique<rpc::ConnectionAcceptor>(
      rpc::ConnectionAcceptor::Options{
          .max_connections = kMaxConnections,
          .hand_over =
              [this](int descriptor) { connected_->HandOver(descriptor); }},
      *std::move(listening), services_.error_log, connections_);
  return absl::OkStatus();
}

void AdminServer::PostRequests() {
  for (int i = 0; i < kPosted; ++i) {
    ServeHealthCheck(services_, health_, poller_->queue());
    ServeHealthList(services_, health_, poller_->queue());
    ServeHealthWatch(services_, health_, poller_->queue());
  }
}

void AdminServer::Shutdown() {
  if (acceptor_ != nullptr) acceptor_->Stop();
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now());
  services_.live_calls.WaitUntilNone();
  poller_->Shutdown();
  poller_->Join();
  server_.reset();
}

}  // namespace wanwu::admin
