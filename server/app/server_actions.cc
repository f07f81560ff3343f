#include "server/app/server_actions.h"

namespace wanwu::app {

absl::Status ServerActions::LoadModel(const std::string& name,
                                      const std::string& version) {
  return models_.Do(
      [&](ModelManager& models) { return models.Load(name, version); });
}

absl::Status ServerActions::UnloadModel(const std::string& name,
                                        const std::string& version) {
  return models_.Do(
      [&](ModelManager& models) { return models.Unload(name, version); });
}

absl::Status ServerActions::ReloadModels() {
  return models_.Do([](ModelManager& models) { return models.Reload(); });
}

absl::Status ServerActions::SetDefaultModel(const std::string& name) {
  return models_.Do(
      [&](ModelManager& models) { return models.SetDefaultModel(name); });
}

void ServerActions::SetLogLevel(logging::Level level) { log_.SetLevel(level); }

void ServerActions::Drain() { shutdown_.Request(); }

}  // namespace wanwu::app
