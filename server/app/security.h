#pragma once

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/logging/logger.h"
#include "common/secrets/refresher.h"
#include "server/access/access_control.h"
#include "server/app/security_config.h"
#include "server/rpc/tls_credentials.h"

namespace wanwu::app {

// The certificates and tokens of a SecurityConfig, which follow their files
// until it is destroyed. What changes, and what cannot be taken, is in the log.
class Security {
 public:
  // Errors say which file is at fault, and what to do. `log` must outlive it.
  static absl::StatusOr<std::unique_ptr<Security>> Open(
      const SecurityConfig& config, logging::Logger& log);

  bool tls() const { return tls_ != nullptr; }

  // For one listener each; null: without TLS.
  std::shared_ptr<grpc::ServerCredentials> NewCredentials() const;

  const access::AccessControl& access() const { return access_; }
  const access::AccessControl& admin_access() const { return admin_access_; }

  // The same for the admin listener.
  std::shared_ptr<grpc::ServerCredentials> NewAdminCredentials() const;

  // A warning if others than this machine can reach a server, and read what
  // goes over its connections. `local`: they cannot.
  void WarnIfExposed(const std::string& address, bool local) const;
  // And if whoever reaches the admin listener may do all that it offers.
  void WarnIfAdminExposed(const std::string& address, bool local) const;

 private:
  Security(const SecurityConfig& config, logging::Logger& log);

  absl::Status OpenTls();
  absl::Status OpenTokens();
  void WarnIfReadable(const std::string& path) const;

  const SecurityConfig config_;
  logging::Logger& log_;
  std::shared_ptr<rpc::TlsFile> tls_;
  std::shared_ptr<access::TokenFile> tokens_;
  access::AccessControl access_;
  access::AccessControl admin_access_;
  std::optional<secrets::Refresher> refresher_;
};

}  // namespace wanwu::app
