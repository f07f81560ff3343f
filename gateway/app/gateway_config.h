#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "client/lib/channel.h"
#include "common/options/drain_options.h"
#include "common/options/load_options.h"
#include "common/options/option_table.h"
#include "common/program_log/log_options.h"
#include "common/tracing/trace_options.h"

namespace wanwu::gateway {

// Everything that can be set. docs/configuration.md says what each means;
// limits and help texts are in gateway_config.cc.
struct GatewayConfig {
  std::string listen_address = "127.0.0.1:8501";
  int threads = 1;
  int max_connections = 4096;
  std::string tls_certificate_file;  // empty: plain HTTP
  std::string tls_key_file;
  std::string cors_allow_origins;  // separated by commas; empty: none
  std::string allowed_hosts;       // separated by commas
  std::string picture_origins;     // separated by commas; empty: none
  bool check_health = false;

  std::string server_address = "127.0.0.1:8500";  // or several, with commas
  client::ServerChoice server_choice = client::ServerChoice::kOne;
  bool server_tls = false;
  std::string server_ca_file;  // empty: the system's
  std::string server_certificate_file;
  std::string server_key_file;
  std::string server_name;  // empty: the address's
  std::string server_token_file;
  std::chrono::microseconds default_timeout = std::chrono::seconds(30);
  int max_stream_in_flight = 32;  // pictures

  size_t max_header_bytes = size_t{16} << 10;
  size_t max_image_bytes = size_t{16} << 20;
  size_t max_json_bytes = size_t{32} << 20;
  size_t max_body_bytes = size_t{1} << 30;
  int max_request_pictures = 1000;
  int max_json_depth = 16;
  size_t buffer_bytes = size_t{256} << 20;
  std::chrono::microseconds idle_timeout = std::chrono::seconds(60);
  std::chrono::microseconds header_timeout = std::chrono::seconds(10);
  std::chrono::microseconds body_timeout = std::chrono::seconds(30);
  size_t min_body_rate = size_t{16} << 10;  // bytes per second
  std::chrono::microseconds write_timeout = std::chrono::seconds(30);

  options::DrainOptions drain;

  logging::LogOptions log;
  tracing::TraceOptions traces;
};

// Fills the empty `table` with every option, bound to `config`, whose values
// are taken as the defaults.
void AddGatewayOptions(options::OptionTable& table, GatewayConfig& config);

std::vector<std::string> PictureOriginsOf(const GatewayConfig& config);

options::Program GatewayProgram();

struct LoadedGatewayConfig {
  GatewayConfig config;  // valid if result.outcome is kRun
  options::Loaded result;
};

LoadedGatewayConfig LoadGatewayConfig(const options::Inputs& inputs);

}  // namespace wanwu::gateway
