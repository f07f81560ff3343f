#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "common/logging/logger.h"
#include "server/pipeline/model_catalog.h"
#include "server/rpc/health_state.h"

namespace wanwu::app {

// What health says of readiness: that the server takes requests, and has a
// model that answers them. Thread-safe.
class Readiness {
 public:
  // All must outlive it. `keys` of `health` are those it speaks for.
  Readiness(std::vector<std::string> keys,
            const pipeline::ModelCatalog& catalog, rpc::HealthState& health,
            logging::Logger& log)
      : keys_(std::move(keys)), catalog_(catalog), health_(health), log_(log) {}

  // From then on the server takes requests, or no more.
  void Begin();
  void End();

  // Models may have come or gone.
  void Update();

 private:
  // With mutex_ held.
  void Tell();

  const std::vector<std::string> keys_;
  const pipeline::ModelCatalog& catalog_;
  rpc::HealthState& health_;
  logging::Logger& log_;
  std::mutex mutex_;
  // Guarded by mutex_.
  bool begun_ = false;
  bool warned_ = false;
};

}  // namespace wanwu::app
