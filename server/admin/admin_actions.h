#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/logging/logger.h"

namespace wanwu::admin {

// What an operator may ask of the server as a whole. Thread-safe; those on
// models wait until it is done. Errors as admin.proto says.
class AdminActions {
 public:
  virtual ~AdminActions() = default;

  // An empty version: as the policy wants, or all.
  virtual absl::Status LoadModel(const std::string& name,
                                 const std::string& version) = 0;
  virtual absl::Status UnloadModel(const std::string& name,
                                   const std::string& version) = 0;
  virtual absl::Status ReloadModels() = 0;
  virtual absl::Status SetDefaultModel(const std::string& name) = 0;
  virtual void SetLogLevel(logging::Level level) = 0;
  // Returns at once.
  virtual void Drain() = 0;
};

}  // namespace wanwu::admin
