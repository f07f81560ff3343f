#include "server/rpc/grpc_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/classify_batch_call.h"
#include "server/rpc/classify_call.h"
#include "server/rpc/library_services.h"
#include "server/rpc/listen_address.h"
#include "server/rpc/model_calls.h"
#include "server/rpc/reflection_choice.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/transport_limits.h"
#include "server/rpc/watch_status_call.h"

namespace wanwu::rpc {
namespace {

using std::chrono::steady_clock;

// Requests posted per method and queue. Each is replaced as soon as a caller
// came, so these only need to cover the callers between two polls.
constexpr int kPostedClassify = 64;
constexpr int kPostedStreams = 8;
constexpr int kPostedOthers = 4;

// Callers get this long to take the first GOAWAY, which says that no more calls
// are wanted, before the last one, which says what was not seen, and the end of
// the connection. Who calls on it after that finds a broken pipe.
constexpr std::chrono::milliseconds kGoaway{200};
// In that time what was read of a connection has become a call.
constexpr std::chrono::milliseconds kQuiet{50};

void SetArguments(grpc::ServerBuilder& builder,
                  const GrpcServerOptions& options) {
  SetTransportLimits(builder, options.transport);
  // Only reflection is served by gRPC's own threads.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
}

CallLimits LimitsOf(const GrpcServerOptions& options) {
  CallLimits limits = options.calls;
  limits.max_message_bytes = options.transport.max_message_bytes;
  return limits;
}

}  // namespace

GrpcServer::GrpcServer(const GrpcServerOptions& options,
                       const GrpcServerParts& parts)
    : services_(parts, LimitsOf(options)),
      added_(options.added),
      listen_address_(options.listen_address) {
  // protobuf builds the descriptors of an error's details at the first error,
  // when memory may be short.
  ToRpcStatus(services_.health_watches.Refusal());
}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(
    const GrpcServerOptions& options, const GrpcServerParts& parts) {
  std::unique_ptr<GrpcServer> server(new GrpcServer(options, parts));
  absl::Status status = server->Listen(options);
  if (!status.ok()) return status;
  server->PostRequests();
  for (const auto& poller : server->pollers_) poller->Start();
  if (options.accepting == Accepting::kAtOnce) status = server->Accept();
  if (!status.ok()) return status;
  return server;
}

absl::Status GrpcServer::Accept() {
  const absl::Status listens = acceptor_->Listen(listen_address_);
  if (listens.ok()) acceptor_->Start();
  return listens;
}

absl::Status GrpcServer::Listen(const GrpcServerOptions& options) {
  absl::StatusOr<Listening> listening = BindTo(options.listen_address);
  if (!listening.ok()) return listening.status();
  port_ = listening->port();
  local_ = listening->local();
  grpc::ServerBuilder builder;
  SetArguments(builder, options);
  if (options.reflection == Reflection::kOn) {
    AddReflection(builder);
    CheckCallersOfLibraryServices(builder, services_.access);
  } else {
    RemoveReflection(builder);
  }
  builder.RegisterService(&classifier_service_);
  builder.RegisterService(&health_service_);
  for (const auto& added : added_) builder.RegisterService(&added->service());
  connected_.emplace(builder, options.credentials);
  for (int i = 0; i < options.pollers; ++i) {
    pollers_.push_back(std::make_unique<CqPoller>(builder.AddCompletionQueue(),
                                                  services_.clock));
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return absl::InternalError(
        "gRPC does not start; at the log level debug it "
        "says why");
  }
  acceptor_ = std::make_unique<ConnectionAcceptor>(
      ConnectionAcceptor::Options{
          .max_connections = options.transport.max_connections,
          .hand_over =
              [this](int descriptor) { connected_->HandOver(descriptor); }},
      *std::move(listening), services_.error_log, connections_);
  return absl::OkStatus();
}

void GrpcServer::PostRequests() {
  for (const auto& poller : pollers_) {
    grpc::ServerCompletionQueue& queue = poller->queue();
    for (int i = 0; i < kPostedClassify; ++i)
      ServeClassify(services_, classifier_service_, queue);
    for (int i = 0; i < kPostedStreams; ++i) {
      ServeClassifyBatch(services_, classifier_service_, queue);
      ServeHealthWatch(services_, health_service_, queue);
    }
    for (int i = 0; i < kPostedOthers; ++i) {
      ServeListModels(services_, classifier_service_, queue);
      ServeGetModel(services_, classifier_service_, queue);
      ServeWatchStatus(services_, classifier_service_, queue);
      ServeHealthCheck(services_, health_service_, queue);
      ServeHealthList(services_, health_service_, queue);
    }
    for (const auto& added : added_) added->Post(services_, queue);
  }
}

GrpcServer::~GrpcServer() { Shutdown(std::chrono::milliseconds(0)); }

void GrpcServer::ListThreadsAtWork(
    std::vector<batching::ThreadAtWork>& threads) const {
  for (const auto& poller : pollers_) {
    if (const auto since = poller->mark().since()) {
      threads.push_back({"wanwu-poller", *since});
    }
  }
}

void GrpcServer::BeginDrain() {
  acceptor_->Stop();
  services_.drain_begun = true;
  services_.draining.Notify();
  services_.health.EndWatches();
}

bool GrpcServer::StopReading(std::chrono::milliseconds patience) {
  services_.live_calls.WaitUntilNoneReceives(steady_clock::now() + patience);
  acceptor_->StopReading();
  return !OnUnixSocket();
}

// gRPC kills calls that come in after its shutdown has begun, and their callers
// see CANCELLED. So there must be none.
void GrpcServer::Shutdown(std::chrono::milliseconds grace) {
  if (acceptor_ != nullptr) {
    acceptor_->Stop();
    acceptor_->StopReading();
    services_.live_calls.WaitUntilAllAnswered(kQuiet,
                                              steady_clock::now() + grace);
    if (OnUnixSocket()) acceptor_->CloseAll();
  }
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + kGoaway);
    // The pollers still run, so that every call comes to its end.
    if (!pollers_.empty()) services_.live_calls.WaitUntilNone();
  }
  for (const auto& poller : pollers_) poller->Shutdown();
  for (const auto& poller : pollers_) poller->Join();
  pollers_.clear();
  server_.reset();
}

}  // namespace wanwu::rpc
