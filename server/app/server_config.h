#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/options/drain_options.h"
#include "common/options/load_options.h"
#include "common/options/option_table.h"
#include "common/program_log/log_options.h"
#include "common/tracing/trace_options.h"
#include "server/app/cpu_pinning.h"
#include "server/app/security_config.h"
#include "server/image/image_limits.h"
#include "server/image/jpeg_decode.h"
#include "server/model/precision_choice.h"
#include "server/model/version_policy.h"
#include "server/rpc/call_limits.h"
#include "server/rpc/transport_limits.h"

namespace wanwu::app {

enum class BatchingMode {
  kAdaptive,  // batches grow with the load
  kOff,       // one picture each
};

// Everything that can be set. docs/configuration.md says what each means;
// limits and help texts are in server_config.cc.
struct ServerConfig {
  static constexpr int kMaxIntraOpThreads = 64;

  std::string listen_address = "127.0.0.1:8500";
  bool accept_while_loading = false;
  std::string metrics_address = "127.0.0.1:8502";  // empty: nowhere
  bool reflection = true;
  std::string admin_address;  // empty: none
  rpc::CallLimits calls;
  SecurityConfig security;
  // receive_bytes 0: as the sizes below.
  rpc::TransportLimits transport;

  // 0: by the memory that this process may use; see PlanMemory().
  size_t memory_budget = 0;
  size_t queue_bytes = 0;
  size_t decoder_bytes = 0;
  size_t answer_cache_bytes = 0;  // 0: no answer is kept

  std::string model_repository = "models";
  model::VersionPolicy version_policy;
  std::chrono::microseconds repository_poll = std::chrono::seconds(5);
  std::string default_model;  // empty: the server chooses
  std::string state_dir;      // empty: nothing is kept
  model::PrecisionRequest precision = model::PrecisionRequest::kAuto;

  // 0: by the CPUs that this process may use; see PlanLanes().
  int lanes = 0;
  int intra_op_threads = 1;
  int decode_threads = 0;
  std::chrono::microseconds stuck_after = std::chrono::minutes(1);
  int pollers = 0;
  PinLanes pin_lanes = PinLanes::kAuto;

  BatchingMode batching = BatchingMode::kAdaptive;
  int max_batch_size = 8;
  std::chrono::microseconds max_queue_delay{0};
  int queue_capacity = 2048;  // requests admitted and unanswered
  std::chrono::microseconds max_queue_wait = std::chrono::seconds(30);

  // max_decoder_bytes follows from decoder_bytes.
  image::ImageLimits image;
  bool strict_images = false;
  bool apply_exif_orientation = true;
  image::JpegDecode jpeg_decode = image::JpegDecode::kExact;

  options::DrainOptions drain;

  logging::LogOptions log;
  tracing::TraceOptions traces;
};

// $XDG_STATE_HOME/wanwu, else $HOME/.local/state/wanwu, else empty.
std::string DefaultStateDir(const options::Inputs& inputs);

// Fills the empty `table` with every option, bound to `config`, whose values
// are taken as the defaults.
void AddServerOptions(options::OptionTable& table, ServerConfig& config);

options::Program ServerProgram();

struct LoadedServerConfig {
  ServerConfig config;  // valid if result.outcome is kRun
  // The options in force with their origin, as --print_config prints them.
  std::string in_force;
  options::Loaded result;
};

LoadedServerConfig LoadServerConfig(const options::Inputs& inputs);

// What is wrong with a configuration that was filled in by code, one line
// each. Empty: nothing.
std::vector<std::string> ValidateServerConfig(ServerConfig config);

}  // namespace wanwu::app
