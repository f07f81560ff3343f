#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/lib/async_client.h"

namespace wanwu::loadgen {

using Connections = std::vector<std::shared_ptr<client::AsyncClient>>;

// So many connections to one address, made on first use. They stay until the
// process ends: with the last of them the threads that call back would end,
// perhaps one of them by itself while it still calls back, which gRPC 1.51 does
// not survive.
Connections Connect(client::ChannelOptions channel, int count);

inline Connections Connect(const std::string& address, int count) {
  return Connect(client::ChannelOptions{.address = address}, count);
}

}  // namespace wanwu::loadgen
