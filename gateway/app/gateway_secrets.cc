#include "gateway/app/gateway_secrets.h"

#include <boost/asio/buffer.hpp>
#include <utility>
#include <vector>

#include "common/secrets/read_secret.h"
#include "common/secrets/refresh_report.h"
#include "common/secrets/tls_material.h"

namespace wanwu::gateway {
namespace {

using boost::asio::ssl::context;
using secrets::TlsFiles;

absl::StatusOr<std::shared_ptr<context>> LoadContext(const TlsFiles& files) {
  const auto material = secrets::LoadTlsMaterial(files);
  if (!material.ok()) return material.status();
  auto tls = std::make_shared<context>(context::tls_server);
  tls->set_options(context::default_workarounds | context::no_sslv3 |
                   context::no_tlsv1 | context::no_tlsv1_1);
  boost::system::error_code error;
  tls->use_certificate_chain(boost::asio::buffer(material->certificate), error);
  if (!error) {
    tls->use_private_key(boost::asio::buffer(material->key), context::pem,
                         error);
  }
  if (error) {
    return absl::InvalidArgumentError(files.certificate +
                                      " cannot be used: " + error.message());
  }
  return tls;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GatewaySecrets>> GatewaySecrets::Open(
    const GatewayConfig& config, logging::Logger& log) {
  std::unique_ptr<GatewaySecrets> opened(new GatewaySecrets(log));
  absl::Status status = opened->OpenChannel(config);
  if (status.ok()) status = opened->OpenTls(config);
  if (!status.ok()) return status;
  std::vector<std::shared_ptr<secrets::Refreshable>> files;
  if (opened->tls_ != nullptr) files.push_back(opened->tls_);
  if (opened->token_ != nullptr) files.push_back(opened->token_);
  opened->refresher_.emplace(std::move(files));
  return opened;
}

CurrentTls GatewaySecrets::tls() const {
  if (tls_ == nullptr) return nullptr;
  return [tls = tls_] { return *tls->Current(); };
}

absl::Status GatewaySecrets::OpenTls(const GatewayConfig& config) {
  const std::string& path = config.tls_certificate_file;
  if (path.empty()) return absl::OkStatus();
  const TlsFiles files = {.certificate = path, .key = config.tls_key_file};
  auto opened = TlsContextFile::Open(
      files.Paths(), [files] { return LoadContext(files); },
      [this, path](const absl::Status& taken) {
        secrets::ReportRefresh(path, taken, log_);
      });
  if (!opened.ok()) return opened.status();
  tls_ = *std::move(opened);
  return absl::OkStatus();
}

absl::Status GatewaySecrets::OpenChannel(const GatewayConfig& config) {
  channel_.address = config.server_address;
  channel_.choice = config.server_choice;
  if (config.server_tls) {
    channel_.tls = client::ChannelTls{
        .files = {.certificate = config.server_certificate_file,
                  .key = config.server_key_file,
                  .authorities = config.server_ca_file},
        .server_name = config.server_name};
  }
  const std::string& path = config.server_token_file;
  if (!path.empty()) {
    auto opened = TokenFile::Open(
        {path}, [path] { return secrets::ReadWord(path); },
        [this, path](const absl::Status& taken) {
          secrets::ReportRefresh(path, taken, log_);
        });
    if (!opened.ok()) return opened.status();
    token_ = *std::move(opened);
    channel_.token = [token = token_] { return *token->Current(); };
  }
  return client::CheckChannel(channel_);
}

}  // namespace wanwu::gateway
