#pragma once

#include <string>

#include "common/options/option_table.h"

namespace wanwu::app {

// Who may call, and how that is kept from others. Empty paths: none.
struct SecurityConfig {
  std::string tls_certificate_file;
  std::string tls_key_file;
  std::string tls_client_ca_file;
  std::string tls_allowed_names;  // separated by commas
  std::string token_file;
  bool health_without_token = true;
  bool admin_tls = false;
  std::string admin_allowed_names;  // separated by commas
  bool plaintext = false;  // wanted so, although others can reach the server
};

// As AddServerOptions().
void AddSecurityOptions(options::OptionTable& table, SecurityConfig& config);

}  // namespace wanwu::app
