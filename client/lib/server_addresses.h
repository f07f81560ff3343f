#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace wanwu::client {

// The addresses in a list that commas separate.
std::vector<std::string> SplitAddresses(const std::string& addresses);

// INVALID_ARGUMENT unless it is one address, or several of IPv4 or of IPv6
// with their ports. gRPC resolves one name, which may stand for several.
absl::Status CheckAddresses(const std::string& addresses);

// As gRPC takes them.
std::string TargetOf(const std::string& addresses);

}  // namespace wanwu::client
