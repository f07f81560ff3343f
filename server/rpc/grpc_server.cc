#include "server/rpc/grpc_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/classify_batch_call.h"
#include "server/rpc/classify_call.h"
#include "server/rpc/listen_address.h"
#include "server/rpc/model_calls.h"
#include "server/rpc/reflection_choice.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/watch_status_call.h"

namespace wanwu::rpc {
namespace {

// Requests posted per method and queue. Each is replaced as soon as a caller
// came, so these only need to cover the callers between two polls.
constexpr int kPostedClassify = 64;
constexpr int kPostedStreams = 8;
constexpr int kPostedOthers = 4;

// Clients that keep idle connections alive may ping this often.
constexpr int kMinPingIntervalMs = 10'000;

void SetArguments(grpc::ServerBuilder& builder,
                  const GrpcServerOptions& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  // gRPC inflates a message before it looks at its size, a thousandfold if the
  // caller so wishes. Pictures are compressed already.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  // Otherwise a second server would silently share the port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Only reflection is served by gRPC's own threads.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
}

}  // namespace

GrpcServer::GrpcServer(const GrpcServerOptions& options,
                       const GrpcServerParts& parts)
    : services_(parts, options.calls) {
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
  return server;
}

absl::Status GrpcServer::Listen(const GrpcServerOptions& options) {
  const std::string& address = options.listen_address;
  absl::Status free = CheckNobodyListens(address);
  if (!free.ok()) return free;
  grpc::ServerBuilder builder;
  SetArguments(builder, options);
  if (options.reflection == Reflection::kOn) {
    AddReflection(builder);
  } else {
    RemoveReflection(builder);
  }
  builder.RegisterService(&classifier_service_);
  builder.RegisterService(&health_service_);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  for (int i = 0; i < options.pollers; ++i) {
    pollers_.push_back(
        std::make_unique<CqPoller>(builder.AddCompletionQueue()));
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address,
                                               ": ", WhyNotListen(address)));
  }
  // gRPC says 1.
  if (IsUnixAddress(address)) port_ = 0;
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
  }
}

GrpcServer::~GrpcServer() { Shutdown(std::chrono::milliseconds(0)); }

void GrpcServer::BeginDrain() {
  services_.draining.Notify();
  services_.health.EndWatches();
}

void GrpcServer::Shutdown(std::chrono::milliseconds grace) {
  if (server_ != nullptr) {
    server_->Shutdown(std::chrono::system_clock::now() + grace);
    // The pollers still run, so that every call comes to its end.
    if (!pollers_.empty()) services_.live_calls.WaitUntilNone();
  }
  for (const auto& poller : pollers_) poller->Shutdown();
  for (const auto& poller : pollers_) poller->Join();
  pollers_.clear();
  server_.reset();
}

}  // namespace wanwu::rpc
