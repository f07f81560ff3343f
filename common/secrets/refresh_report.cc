#include "common/secrets/refresh_report.h"

namespace wanwu::secrets {

void ReportRefresh(const std::string& path, const absl::Status& taken,
                   logging::Logger& log) {
  if (taken.ok()) {
    log.Info("secret_reloaded", {{"file", path}});
    return;
  }
  log.Warning("secret_not_reloaded", {{"file", path},
                                      {"reason", std::string(taken.message())},
                                      {"kept", "what was there before"}});
}

}  // namespace wanwu::secrets
