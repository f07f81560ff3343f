#include "server/app/security_config.h"

#include "common/options/value_types.h"
#include "server/access/name_patterns.h"

namespace wanwu::app {
namespace {

using options::Boolean;
using options::Emptiness;
using options::OptionTable;
using options::Path;
using options::Text;

void AddTls(OptionTable& table, SecurityConfig& config) {
  table.Add({.name = "tls_certificate_file",
             .unit = "",
             .help = "Certificate chain (PEM) to serve gRPC over TLS with; "
                     "empty: in the clear. This and the next two are read "
                     "again when they change."},
            &config.tls_certificate_file, Path(Emptiness::kAllowed));
  table.Add({.name = "tls_key_file",
             .unit = "",
             .help = "Its private key (PEM), not encrypted."},
            &config.tls_key_file, Path(Emptiness::kAllowed));
  table.Add({.name = "tls_client_ca_file",
             .unit = "",
             .help = "Certificates (PEM) of authorities: every caller must "
                     "show a certificate of one of them (mTLS); empty: callers "
                     "need none."},
            &config.tls_client_ca_file, Path(Emptiness::kAllowed));
  table.Add({.name = "tls_allowed_names",
             .unit = "",
             .help = "Names of callers' certificates (DNS or URI of the "
                     "subjectAltName) that may call, separated by commas, such "
                     "as web.example.org, *.example.org, "
                     "spiffe://example.org/*; empty: all that the authorities "
                     "certify."},
            &config.tls_allowed_names, Text(Emptiness::kAllowed));
  table.Add({.name = "plaintext",
             .unit = "",
             .help = "Without TLS other machines may reach the server; the log "
                     "does not warn of it."},
            &config.plaintext, Boolean());
}

void AddTokens(OptionTable& table, SecurityConfig& config) {
  table.Add({.name = "token_file",
             .unit = "",
             .help = "File with the tokens of which every call must carry one, "
                     "each line NAME ROLE TOKEN; read again when it changes; "
                     "empty: no call needs a token."},
            &config.token_file, Path(Emptiness::kAllowed));
  table.Add({.name = "health_without_token",
             .unit = "",
             .help = "Answer health checks without a token and whatever name "
                     "a certificate has, for probes that cannot show any."},
            &config.health_without_token, Boolean());
}

}  // namespace

void AddSecurityOptions(OptionTable& table, SecurityConfig& config) {
  table.Group("Security");
  AddTls(table, config);
  AddTokens(table, config);
  table.Require({"tls_certificate_file", "tls_key_file"}, [&config] {
    return config.tls_certificate_file.empty() == config.tls_key_file.empty()
               ? ""
               : "a certificate and its key go together";
  });
  table.Require({"tls_client_ca_file", "tls_certificate_file"}, [&config] {
    return config.tls_client_ca_file.empty() ||
                   !config.tls_certificate_file.empty()
               ? ""
               : "callers show certificates only to a server that has one";
  });
  table.Require({"tls_allowed_names", "tls_client_ca_file"}, [&config] {
    return config.tls_allowed_names.empty() ||
                   !config.tls_client_ca_file.empty()
               ? ""
               : "a name counts only in a certificate that was asked for and "
                 "verified";
  });
  table.Require({"tls_allowed_names"}, [&config] {
    const auto names = access::NamePatterns::Parse(config.tls_allowed_names);
    return std::string(names.status().message());
  });
}

}  // namespace wanwu::app
