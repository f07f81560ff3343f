#include "client/cli/secure_connection.h"

#include <CLI/Option.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/secrets/read_secret.h"

namespace wanwu::cli {

void AddSecureConnection(CLI::App& command, SecureConnection& options) {
  const auto file = [&command](const char* name, std::string& value,
                               const char* text) {
    command.add_option(name, value, text)->type_name("FILE");
  };
  command.add_flag("--tls", options.tls,
                   "Talk TLS, which the other --tls_ options mean, too");
  file("--tls_ca_file", options.ca_file,
       "Certificates (PEM) that the server's is checked against; default: "
       "the system's");
  file("--tls_certificate_file", options.certificate_file,
       "Certificate (PEM) to show the server");
  file("--tls_key_file", options.key_file, "Its private key (PEM)");
  command
      .add_option("--tls_server_name", options.server_name,
                  "Name in the server's certificate; default: the address's")
      ->type_name("NAME");
  file("--token_file", options.token_file,
       "File with the token that the server asks for");
}

absl::StatusOr<client::ChannelOptions> ChannelFor(
    const std::string& address, const SecureConnection& options) {
  client::ChannelOptions channel{.address = address};
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "--tls_certificate_file and --tls_key_file go together");
  }
  const client::ChannelTls tls = {
      .files = {.certificate = options.certificate_file,
                .key = options.key_file,
                .authorities = options.ca_file},
      .server_name = options.server_name};
  if (options.tls || !tls.files.Paths().empty() || !tls.server_name.empty()) {
    channel.tls = tls;
  }
  if (!options.token_file.empty()) {
    absl::StatusOr<std::string> token = secrets::ReadWord(options.token_file);
    if (!token.ok()) return token.status();
    channel.token = [token = *std::move(token)] { return token; };
  }
  const absl::Status status = client::CheckChannel(channel);
  if (!status.ok()) return status;
  return channel;
}

std::string ConnectionHint(bool tls, const std::string& error,
                           Listener listener) {
  const std::string text = absl::AsciiStrToLower(error);
  const auto says = [&text](const char* words) {
    return absl::StrContains(text, words);
  };
  if (!tls && says("socket closed")) {
    return "something is there, but hangs up: if it wants TLS, add --tls";
  }
  if (says("certificate verify failed")) {
    return "its certificate is not trusted: name the certificate of its "
           "authority with --tls_ca_file";
  }
  if (says("hostname verification")) {
    return "its certificate is for another name: give that with "
           "--tls_server_name if it is the right server";
  }
  if (says("wrong version number") || (tls && says("handshake"))) {
    return "no TLS connection comes about: does that server speak TLS? If not, "
           "leave out --tls";
  }
  if (listener == Listener::kAdmin) {
    return "wanwu-server takes operators' calls only if it was started with "
           "--admin_address; name that address with --admin_address, too";
  }
  return "is wanwu-server running there? Start it with \"make serve\", or name "
         "another with --address";
}

}  // namespace wanwu::cli
