#pragma once

#include <chrono>

#include "common/options/option_table.h"

namespace wanwu::options {

// How a program stops, as its user sets it.
struct DrainOptions {
  std::chrono::microseconds delay{0};
  std::chrono::microseconds timeout = std::chrono::seconds(30);
};

struct DrainHelp {
  const char* delay;
  const char* timeout;
};

// drain_delay and drain_timeout, bound to `drain`.
void AddDrainOptions(OptionTable& table, DrainOptions& drain,
                     const DrainHelp& help);

}  // namespace wanwu::options
