#include "server/admin/admin_server.h"

#include <grpcpp/ext/channelz_service_plugin.h>

#include <chrono>
#include <utility>

#include "server/rpc/listen_address.h"
#include "server/rpc/reflection_choice.h"

namespace wanwu::admin {
namespace {

constexpr int kMaxConnections = 64;
constexpr int kMaxStreams = 32;
constexpr int kMaxMessageBytes = 64 << 10;
// Those that wait for models leave half of them to probes.
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

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const std::string& address, const AdminService::Parts& parts,
    const rpc::HealthState& health, logging::RateLimitedLog& log) {
  std::unique_ptr<AdminServer> server(new AdminServer(parts, health));
  const absl::Status status = server->Listen(address, log);
  if (!status.ok()) return status;
  return server;
}

absl::Status AdminServer::Listen(const std::string& address,
                                 logging::RateLimitedLog& log) {
  absl::StatusOr<rpc::Listening> listening = rpc::ListenOn(address);
  if (!listening.ok()) return listening.status();
  port_ = listening->port();
  grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  rpc::AddReflection(builder);
  builder.RegisterService(&service_);
  builder.RegisterService(&health_);
  connected_.emplace(builder, nullptr);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::InternalError("gRPC does not start");
  acceptor_ = std::make_unique<rpc::ConnectionAcceptor>(
      rpc::ConnectionAcceptor::Options{
          .max_connections = kMaxConnections,
          .hand_over =
              [this](int descriptor) { connected_->HandOver(descriptor); }},
      *std::move(listening), log, connections_);
  acceptor_->Start();
  return absl::OkStatus();
}

void AdminServer::Shutdown() {
  if (acceptor_ != nullptr) acceptor_->Stop();
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  server_.reset();
}

}  // namespace wanwu::admin
