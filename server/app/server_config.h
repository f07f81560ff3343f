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
#include "server/app/cpu_pinning.h"
#include "server/image/jpeg_decode.h"
#include "server/model/precision_choice.h"

namespace wanwu::app {

enum class BatchingMode {
  kAdaptive,  // batches grow with the load
  kOff,       // one picture each
};

// Everything that can be set. docs/configuration.md says what each means;
// limits and help texts are in server_config.cc.
struct ServerConfig {
  static constexpr int kMaxTopK = 1000;
  static constexpr int kMaxIntraOpThreads = 64;

  std::string listen_address = "127.0.0.1:8500";
  bool reflection = true;
  size_t max_message_bytes = size_t{20} << 20;  // more than max_image_bytes
  int max_stream_in_flight = 64;
  int max_status_watches = 100;
  int max_health_watches = 1000;
  std::chrono::microseconds receive_timeout = std::chrono::seconds(30);
  std::chrono::microseconds reader_timeout = std::chrono::seconds(60);

  // 0: by the memory that this process may use; see PlanMemory().
  size_t memory_budget = 0;
  size_t receive_bytes = 0;
  size_t queue_bytes = 0;
  size_t decoder_bytes = 0;

  int max_connections = 4096;  // 0: what the file descriptors allow
  int max_concurrent_streams = 1024;
  // 0: never.
  std::chrono::microseconds connection_idle = std::chrono::minutes(10);
  std::chrono::microseconds connection_age = std::chrono::minutes(30);
  std::chrono::microseconds connection_grace = std::chrono::minutes(1);
  std::chrono::microseconds keepalive_time = std::chrono::minutes(1);
  std::chrono::microseconds keepalive_timeout = std::chrono::seconds(20);

  std::string model_repository = "models";
  std::string default_model;  // empty: the server chooses
  std::string state_dir;      // empty: nothing is kept
  model::PrecisionRequest precision = model::PrecisionRequest::kAuto;

  // 0: by the CPUs that this process may use; see PlanLanes().
  int lanes = 0;
  int intra_op_threads = 1;
  int decode_threads = 0;
  int pollers = 0;
  PinLanes pin_lanes = PinLanes::kAuto;

  BatchingMode batching = BatchingMode::kAdaptive;
  int max_batch_size = 8;
  std::chrono::microseconds max_queue_delay{0};
  int queue_capacity = 2048;  // requests admitted and unanswered
  std::chrono::microseconds max_queue_wait = std::chrono::seconds(30);

  size_t max_image_bytes = size_t{16} << 20;
  int64_t max_image_pixels = 50'000'000;
  int max_image_aspect_ratio = 100;               // longer side over shorter
  int max_image_scans = 100;                      // of a progressive JPEG
  int64_t max_image_scan_pixels = 1'000'000'000;  // scans times pixels
  bool apply_exif_orientation = true;
  image::JpegDecode jpeg_decode = image::JpegDecode::kExact;

  options::DrainOptions drain;

  logging::LogOptions log;
};

// $XDG_STATE_HOME/wanwu, else $HOME/.local/state/wanwu, else empty.
std::string DefaultStateDir(const options::Inputs& inputs);

// Fills the empty `table` with every option, bound to `config`, whose values
// are taken as the defaults.
void AddServerOptions(options::OptionTable& table, ServerConfig& config);

options::Program ServerProgram();

struct LoadedServerConfig {
  ServerConfig config;  // valid if result.outcome is kRun
  options::Loaded result;
};

LoadedServerConfig LoadServerConfig(const options::Inputs& inputs);

// What is wrong with a configuration that was filled in by code, one line
// each. Empty: nothing.
std::vector<std::string> ValidateServerConfig(ServerConfig config);

}  // namespace wanwu::app
