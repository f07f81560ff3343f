#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/channel.h"
#include "common/logging/logger.h"
#include "common/secrets/refresher.h"
#include "common/secrets/watched_files.h"
#include "gateway/app/gateway_config.h"
#include "gateway/http/listener.h"

namespace wanwu::gateway {

// The certificate that the gateway serves HTTPS with and the token it shows the
// server, which follow their files until it is destroyed. What changes, and
// what cannot be taken, is in the log.
class GatewaySecrets {
 public:
  // Errors say which file is at fault, and what to do. `log` must outlive it.
  static absl::StatusOr<std::unique_ptr<GatewaySecrets>> Open(
      const GatewayConfig& config, logging::Logger& log);

  // To the server. It may outlive the object.
  const client::ChannelOptions& channel() const { return channel_; }

  // Null: plain HTTP. It may outlive the object.
  CurrentTls tls() const;

 private:
  using TlsContext = std::shared_ptr<boost::asio::ssl::context>;
  using TlsContextFile = secrets::WatchedFiles<TlsContext>;
  using TokenFile = secrets::WatchedFiles<std::string>;

  explicit GatewaySecrets(logging::Logger& log) : log_(log) {}

  absl::Status OpenTls(const GatewayConfig& config);
  absl::Status OpenChannel(const GatewayConfig& config);

  logging::Logger& log_;
  client::ChannelOptions channel_;
  std::shared_ptr<TlsContextFile> tls_;
  std::shared_ptr<TokenFile> token_;
  std::optional<secrets::Refresher> refresher_;
};

}  // namespace wanwu::gateway
