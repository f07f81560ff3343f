#pragma once

#include <string>

#include "absl/status/status.h"

namespace wanwu::rpc {

bool IsUnixAddress(const std::string& address);

// gRPC takes the path of a unix socket away from whoever listens there: ask
// first. UNAVAILABLE if somebody does, or might but may not be asked; OK for
// what nobody listens on, and for every address that is not unix:PATH.
absl::Status CheckNobodyListens(const std::string& address);

// Why listening on `address` failed, which gRPC does not tell: the system's
// words for it. Tries again without gRPC.
std::string WhyNotListen(const std::string& address);

}  // namespace wanwu::rpc
