#pragma once

#include <string>

#include "common/logging/logger.h"
#include "common/signals/shutdown_signal.h"
#include "server/admin/admin_actions.h"
#include "server/app/model_thread.h"

namespace wanwu::app {

// What the admin listener's calls do to this process.
class ServerActions final : public admin::AdminActions {
 public:
  // All must outlive it.
  ServerActions(ModelThread& models, const signals::ShutdownSignal& shutdown,
                logging::Logger& log)
      : models_(models), shutdown_(shutdown), log_(log) {}

  absl::Status LoadModel(const std::string& name,
                         const std::string& version) override;
  absl::Status UnloadModel(const std::string& name,
                           const std::string& version) override;
  absl::Status ReloadModels() override;
  absl::Status SetDefaultModel(const std::string& name) override;
  void SetLogLevel(logging::Level level) override;
  void Drain() override;

 private:
  ModelThread& models_;
  const signals::ShutdownSignal& shutdown_;
  logging::Logger& log_;
};

}  // namespace wanwu::app
