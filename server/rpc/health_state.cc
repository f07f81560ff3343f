#include "server/rpc/health_state.h"

namespace wanwu::rpc {

HealthState::HealthState(const std::vector<std::string>& services) {
  for (const std::string& service : services) {
    services_.emplace(service, Serving::kNo);
  }
}

void HealthState::Set(const std::string& service, Serving serving) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = services_.find(service);
    if (found == services_.end() || found->second == serving) return;
    found->second = serving;
  }
  changes_.Notify();
}

std::optional<Serving> HealthState::Get(const std::string& service) const {
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(service);
  if (found == services_.end()) return std::nullopt;
  return found->second;
}

std::map<std::string, Serving> HealthState::List() const {
  const std::lock_guard lock(mutex_);
  return services_;
}

void HealthState::EndWatches() {
  {
    const std::lock_guard lock(mutex_);
    watches_ended_ = true;
  }
  changes_.Notify();
}

bool HealthState::watches_ended() const {
  const std::lock_guard lock(mutex_);
  return watches_ended_;
}

}  // namespace wanwu::rpc
