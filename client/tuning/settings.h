#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace wanwu::tuning {

// What is tried of wanwu-server's options; these are its defaults.
struct Settings {
  int lanes = 0;  // 0: by the CPUs
  int intra_op_threads = 1;
  std::string precision = "auto";
  int max_batch_size = 8;
  std::chrono::microseconds max_queue_delay{0};

  bool operator==(const Settings&) const = default;
};

// Option names and values as wanwu-server wants them, as flags or as YAML.
std::vector<std::pair<std::string, std::string>> OptionsOf(
    const Settings& settings);

// "2 lanes x 1 thread, int8, batch 8, delay 500us".
std::string Describe(const Settings& settings);

// "0", "500us", "2ms".
std::string DelayText(std::chrono::microseconds delay);

}  // namespace wanwu::tuning
