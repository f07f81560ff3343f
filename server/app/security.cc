#include "server/app/security.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/secrets/read_secret.h"
#include "common/secrets/refresh_report.h"

namespace wanwu::app {
namespace {

absl::StatusOr<access::TokenList> LoadTokens(const std::string& path) {
  const absl::StatusOr<std::string> text = secrets::ReadSecret(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<access::TokenList> tokens = access::TokenList::Parse(*text);
  if (tokens.ok()) return tokens;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", tokens.status().message()));
}

// In the clear nobody shows a certificate.
std::string AdminNames(const SecurityConfig& config) {
  if (!config.admin_tls) return "";
  return config.admin_allowed_names.empty() ? config.tls_allowed_names
                                            : config.admin_allowed_names;
}

}  // namespace

Security::Security(const SecurityConfig& config, logging::Logger& log)
    : config_(config), log_(log) {}

absl::StatusOr<std::unique_ptr<Security>> Security::Open(
    const SecurityConfig& config, logging::Logger& log) {
  auto names = access::NamePatterns::Parse(config.tls_allowed_names);
  if (!names.ok()) return names.status();
  auto admin_names = access::NamePatterns::Parse(AdminNames(config));
  if (!admin_names.ok()) return admin_names.status();
  std::unique_ptr<Security> security(new Security(config, log));
  absl::Status status = security->OpenTls();
  status.Update(security->OpenTokens());
  if (!status.ok()) return status;
  security->admin_access_ =
      access::AccessControl({.tokens = security->tokens_,
                             .allowed_names = *std::move(admin_names),
                             .health_is_open = config.health_without_token});
  security->access_ =
      access::AccessControl({.tokens = security->tokens_,
                             .allowed_names = *std::move(names),
                             .health_is_open = config.health_without_token});
  std::vector<std::shared_ptr<secrets::Refreshable>> files;
  if (security->tls_ != nullptr) files.push_back(security->tls_);
  if (security->tokens_ != nullptr) files.push_back(security->tokens_);
  security->refresher_.emplace(std::move(files));
  return security;
}

absl::Status Security::OpenTls() {
  if (config_.tls_certificate_file.empty()) return absl::OkStatus();
  const secrets::TlsFiles files = {.certificate = config_.tls_certificate_file,
                                   .key = config_.tls_key_file,
                                   .authorities = config_.tls_client_ca_file};
  auto opened = rpc::TlsFile::Open(
      files.Paths(), [files] { return secrets::LoadTlsMaterial(files); },
      [this](const absl::Status& taken) {
        secrets::ReportRefresh(config_.tls_certificate_file, taken, log_);
      });
  if (!opened.ok()) return opened.status();
  tls_ = *std::move(opened);
  WarnIfReadable(config_.tls_key_file);
  return absl::OkStatus();
}

absl::Status Security::OpenTokens() {
  const std::string& path = config_.token_file;
  if (path.empty()) return absl::OkStatus();
  auto opened = access::TokenFile::Open(
      {path}, [path] { return LoadTokens(path); },
      [this, path](const absl::Status& taken) {
        secrets::ReportRefresh(path, taken, log_);
      });
  if (!opened.ok()) return opened.status();
  tokens_ = *std::move(opened);
  WarnIfReadable(path);
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> Security::NewCredentials() const {
  return tls_ == nullptr ? nullptr : rpc::TlsCredentials(tls_);
}

std::shared_ptr<grpc::ServerCredentials> Security::NewAdminCredentials() const {
  return config_.admin_tls ? NewCredentials() : nullptr;
}

void Security::WarnIfExposed(const std::string& address, bool local) const {
  if (local || tls() || config_.plaintext) return;
  log_.Warning(
      "listening_in_the_clear",
      {{"address", address},
       {"advice",
        "others can read and change what is sent: set --tls_certificate_file "
        "and --tls_key_file, or --plaintext if something in front of the "
        "server does that"}});
}

void Security::WarnIfAdminExposed(const std::string& address,
                                  bool local) const {
  if (local) return;
  if (!config_.admin_tls && !config_.plaintext) {
    log_.Warning("admin_listening_in_the_clear",
                 {{"address", address},
                  {"advice",
                   "others can read and change what is sent, tokens too: set "
                   "--admin_tls and a certificate, or --plaintext if something "
                   "in front of the server encrypts"}});
  }
  const bool certificates =
      config_.admin_tls && !config_.tls_client_ca_file.empty();
  if (certificates || !config_.token_file.empty()) return;
  log_.Warning("admin_open_to_all",
               {{"address", address},
                {"advice",
                 "whoever reaches it can unload models and stop the server: "
                 "set --token_file, or --admin_tls and --tls_client_ca_file"}});
}

void Security::WarnIfReadable(const std::string& path) const {
  if (!secrets::ReadableByOthers(path)) return;
  log_.Warning("secret_readable_by_others",
               {{"file", path}, {"advice", absl::StrCat("chmod o= ", path)}});
}

}  // namespace wanwu::app
