#include "client/loadgen/connections.h"

#include <mutex>

namespace wanwu::loadgen {

Connections Connect(client::ChannelOptions channel, int count) {
  static std::mutex mu;
  static Connections* const kept = new Connections();
  Connections connections;
  for (int i = 0; i < count; ++i) {
    channel.number = i;
    connections.push_back(std::make_shared<client::AsyncClient>(channel));
  }
  const std::lock_guard lock(mu);
  kept->insert(kept->end(), connections.begin(), connections.end());
  return connections;
}

}  // namespace wanwu::loadgen
