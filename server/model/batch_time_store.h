#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json_fwd.hpp"
#include "server/model/batch_timing.h"
#include "server/model/cpu.h"
#include "server/model/precision.h"

namespace wanwu::model {

// Everything that t(b) depends on.
struct BatchTimeKey {
  Cpu cpu;
  // sha256 of the model file.
  std::string model_sha256;
  Precision precision = Precision::kFp32;
  int lanes = 1;
  // Of a lane.
  int intra_op_threads = 1;
  // Of the program.
  std::string build;
};

// What is measured of a model.
struct ModelTiming {
  std::vector<BatchTime> times;
  // Classifier::algorithms().
  std::vector<std::string> algorithms;

  bool operator==(const ModelTiming&) const = default;
};

// What was measured, kept in a JSON file from one start to the next. Losing it
// costs only a measurement. Thread-safe.
class BatchTimeStore {
 public:
  // Never fails: what cannot be used is left out and warning() says why. A
  // file that does not exist is an empty store without a warning. An empty
  // path keeps nothing.
  explicit BatchTimeStore(std::filesystem::path path);

  const std::string& warning() const { return warning_; }

  // Nothing if that was never measured.
  std::optional<ModelTiming> Find(const BatchTimeKey& key) const;

  // Replaces what was measured under `key`. The oldest of more than 64 are
  // forgotten.
  void Put(const BatchTimeKey& key, ModelTiming measured);

  // Writes the file anew and renames it into place, so that a reader sees all
  // or nothing; makes its folder if need be. On an error the old file stays.
  [[nodiscard]] absl::Status Save() const;

 private:
  struct Entry {
    std::string key;
    ModelTiming measured;
  };

  absl::Status Load();
  nlohmann::json Entries() const;

  const std::filesystem::path path_;
  std::string warning_;
  mutable std::mutex mutex_;
  // Oldest first.
  std::vector<Entry> entries_;
};

}  // namespace wanwu::model
