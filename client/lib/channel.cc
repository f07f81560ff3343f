#include "client/lib/channel.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <netinet/in.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/lib/message_limit.h"
#include "client/lib/server_addresses.h"
#include "client/lib/token_interceptor.h"

namespace wanwu::client {
namespace {

// A server that is just starting is found soon after it listens.
constexpr int kFirstReconnectMs = 100;
constexpr int kSlowestReconnectMs = 1000;
// A name is looked up anew when a server goes, but no sooner than this after
// the last time; gRPC's own 30 s outlive all pods of a quick rollout.
constexpr int kLookUpAgainMs = 1000;

constexpr char kEachInTurn[] =
    R"({"loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": ""}})";

grpc::ChannelArguments ChannelArguments(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS,
                   kLookUpAgainMs);
  if (!options.service_config.empty()) {
    arguments.SetServiceConfigJSON(options.service_config);
    // Else what takes more than 256 KiB would never be sent again.
    arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, kMaxMessageBytes);
  } else if (options.choice == ServerChoice::kEachInTurn) {
    arguments.SetServiceConfigJSON(kEachInTurn);
  }
  // gRPC takes no notice of it, but connections are shared only by channels
  // whose arguments are all alike.
  arguments.SetInt("wanwu.channel_number", options.number);
  if (options.tls.has_value() && !options.tls->server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls->server_name);
  }
  return arguments;
}

using secrets::TlsFiles;

std::shared_ptr<grpc::experimental::CertificateProviderInterface> Following(
    const TlsFiles& files) {
  // gRPC counts whole seconds.
  constexpr unsigned kReadEverySeconds = 1;
  return std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.key, files.certificate, files.authorities, kReadEverySeconds);
}

std::shared_ptr<grpc::ChannelCredentials> Credentials(
    const ChannelOptions& options) {
  if (!options.tls.has_value()) return grpc::InsecureChannelCredentials();
  const TlsFiles& files = options.tls->files;
  grpc::experimental::TlsChannelCredentialsOptions tls;
  if (!files.Paths().empty()) tls.set_certificate_provider(Following(files));
  if (!files.authorities.empty()) tls.watch_root_certs();
  if (!files.certificate.empty()) tls.watch_identity_key_cert_pairs();
  return grpc::experimental::TlsCredentials(tls);
}

// Without its port and brackets.
std::string HostOf(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

bool IsThisMachine(const std::string& address) {
  if (address.starts_with("unix:")) return true;
  const std::string host = HostOf(address);
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    return ntohl(v4.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
  }
  return host == "::1" || host == "localhost";
}

}  // namespace

bool StaysOnThisMachine(const std::string& address) {
  const std::vector<std::string> all = SplitAddresses(address);
  return std::all_of(all.begin(), all.end(), IsThisMachine);
}

absl::Status CheckChannel(const ChannelOptions& options) {
  if (options.tls.has_value()) {
    return secrets::LoadTlsMaterial(options.tls->files).status();
  }
  if (options.token != nullptr && !StaysOnThisMachine(options.address)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a token would travel in the clear to ", options.address, "; use TLS"));
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options) {
  std::vector<
      std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
      interceptors;
  if (options.token != nullptr) {
    interceptors.push_back(TokenInterceptor(options.token));
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      TargetOf(options.address), Credentials(options),
      ChannelArguments(options), std::move(interceptors));
}

}  // namespace wanwu::client
