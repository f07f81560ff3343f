#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "server/pipeline/share.h"

namespace wanwu::pipeline {

// Jobs that were admitted and are not finished, with what they hold.
struct Load {
  int64_t jobs = 0;
  // Encoded bytes not yet decoded.
  int64_t bytes = 0;
  // CPU time of decoding and inference, all of it until the job is finished.
  int64_t work_ns = 0;

  Load& operator+=(const Load& other);
  Load operator-() const { return {-jobs, -bytes, -work_ns}; }
};

// All such jobs by whom they count against. Not thread-safe.
class Backlog {
 public:
  // A negative load takes away what was added before. If an exception is thrown
  // nothing was added.
  void Add(const Share& share, const Load& load);

  const Load& total() const { return total_; }
  const Load& bulk() const { return level(batching::Priority::kBulk).load; }
  // Of that caller, or that model, at any priority.
  Load client(uint64_t client) const;
  Load model(const ServedModel* model) const;

  // Of the share's model and priority: those that may travel in its batch.
  int64_t jobs_beside(const Share& share) const;

  // The work that is done before a new job of `share` that costs `work_ns` is
  // finished, itself not counted, if time is shared out as DecodeQueue does:
  // among callers no one waits for more of another's work than of his own, and
  // so it is among models; interactive work goes before all but a part of bulk.
  int64_t WorkAhead(const Share& share, int64_t work_ns) const;

  // The work that is done until that model's is, itself included, if models
  // take turns: of each other one as much, if it has as much.
  int64_t WorkUntilDone(const ServedModel* model) const;

 private:
  struct ModelLoad {
    Load load;
    absl::flat_hash_map<uint64_t, Load> clients;
  };
  struct Level {
    Load load;
    std::map<const ServedModel*, ModelLoad> models;
  };

  const Level& level(batching::Priority priority) const {
    return levels_[priority == batching::Priority::kBulk ? 1 : 0];
  }
  // Within the share's priority.
  int64_t WorkAheadInLevel(const Share& share, int64_t work_ns) const;

  Load total_;
  std::array<Level, 2> levels_;
  absl::flat_hash_map<uint64_t, Load> clients_;
};

}  // namespace wanwu::pipeline
