#pragma once

#include "absl/status/status.h"
#include "gateway/app/gateway_config.h"

namespace wanwu::gateway {

// Asks the gateway that listens where `config` says, in whose container this
// process is started, whether it lives (/healthz). Whatever certificate it
// shows is taken. Waits as long as it takes: whoever checks has a limit.
absl::Status CheckHealth(const GatewayConfig& config);

}  // namespace wanwu::gateway
