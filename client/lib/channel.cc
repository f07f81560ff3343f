#include "client/lib/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "client/lib/message_limit.h"

namespace wanwu::client {
namespace {

// A server that is just starting is found soon after it listens.
constexpr int kFirstReconnectMs = 100;
constexpr int kSlowestReconnectMs = 1000;

grpc::ChannelArguments ChannelArguments(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
  // gRPC takes no notice of it, but connections are shared only by channels
  // whose arguments are all alike.
  arguments.SetInt("wanwu.channel_number", options.number);
  return arguments;
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(
    const ChannelOptions& options) {
  if (!options.tls_root_certificates.has_value()) {
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = *options.tls_root_certificates;
  return grpc::SslCredentials(tls);
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options) {
  return grpc::CreateCustomChannel(options.address, Credentials(options),
                                   ChannelArguments(options));
}

}  // namespace wanwu::client
