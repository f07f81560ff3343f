#include "common/options/drain_options.h"

#include "common/options/value_types.h"

namespace wanwu::options {

void AddDrainOptions(OptionTable& table, DrainOptions& drain,
                     const DrainHelp& help) {
  using std::chrono::microseconds;
  table.Group("Stop");
  table.Add({.name = "drain_delay", .unit = "", .help = help.delay},
            &drain.delay,
            Duration({microseconds(0), std::chrono::minutes(10)}));
  table.Add({.name = "drain_timeout", .unit = "", .help = help.timeout},
            &drain.timeout, Duration({microseconds(0), std::chrono::hours(1)}));
}

}  // namespace wanwu::options
