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
  table.Add({.name = "admin_tls",
             .unit = "",
             .help = "The admin listener talks TLS, too, with the same "
                     "certificate, and asks callers for theirs if the other "
                     "does. Without it that listener is in the clear."},
            &config.admin_tls, Boolean());
  table.Add({.name = "admin_allowed_names",
             .unit = "",
             .help = "As tls_allowed_names, for the admin listener; empty: "
                     "those of tls_allowed_names."},
            &config.admin_allowed_names, Text(Emptiness::kAllowed));
  table.Add({.name = "plaintext",
             .unit = "",
             .help = "Without TLS other machines may reach the server, on any "
                     "of its gRPC listeners; the log does not warn of it."},
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

void RequireNames(OptionTable& table, const char* option,
                  const std::string& names) {
  table.Require({option}, [&names] {
    const auto parsed = access::NamePatterns::Parse(names);
    return std::string(parsed.status().message());
  });
}

void RequireForAdmin(OptionTable& table, const SecurityConfig& config) {
  table.Require({"admin_tls", "tls_certificate_file"}, [&config] {
    return !config.admin_tls || !config.tls_certificate_file.empty()
               ? ""
               : "the admin listener uses the certificate of the other";
  });
  table.Require(
      {"admin_allowed_names", "admin_tls", "tls_client_ca_file"}, [&config] {
        return config.admin_allowed_names.empty() ||
                       (config.admin_tls && !config.tls_client_ca_file.empty())
                   ? ""
                   : "a name counts only in a certificate that was "
                     "asked for and verified";
      });
}

}  // namespace

void AddSecurityOptions(OptionTable& table, SecurityConfig& config) {
  table.Group("Security");
  AddTls(table, config);
  AddTokens(table, config);
  table.RequireKeyPair("tls_certificate_file", config.tls_certificate_file,
                       "tls_key_file", config.tls_key_file);
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
  RequireNames(table, "tls_allowed_names", config.tls_allowed_names);
  RequireNames(table, "admin_allowed_names", config.admin_allowed_names);
  RequireForAdmin(table, config);
}

}  // namespace wanwu::app
