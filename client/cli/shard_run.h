#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/batch_run.h"
#include "client/cli/connection.h"
#include "client/cli/retry_wait.h"
#include "client/lib/classifier_client.h"
#include "client/shards/shard_store.h"

namespace wanwu::cli {

struct ShardRunOptions {
  const ConnectionOptions& connection;
  int max_in_flight;
  // Without a single picture done meanwhile.
  std::chrono::milliseconds give_up_after;
};

// Classifies what is missing of a shard, part by part over a stream each. What
// is not the picture's fault is waited out.
class ShardRun {
 public:
  // Tries of a picture that the server fails on.
  static constexpr int kMostTries = 5;

  // Says on `log` what is done, once per part.
  ShardRun(shards::ShardStore& store, const ShardRunOptions& options,
           std::ostream& log);

  // Until all is done, kServerAway, kRefused (both with problem()), kNotWritten
  // (with problem()) or Stop().
  enum class End { kDone, kStopped, kServerAway, kRefused, kNotWritten };
  End Run();

  // Of the last picture that was tried.
  const absl::Status& problem() const { return problem_; }

  // From any thread.
  void Stop();

 private:
  using Clock = RetryWait::Clock;

  // The next picture's result is taken, or why it cannot be is kept.
  BatchRun::Next Take(const PictureResult& result);
  BatchRun::Next Write(const PictureResult& result, shards::LineKind kind);
  BatchRun::Next Keep(End end, const absl::Status& problem);

  // Sends all names_, or as many as go well.
  void Attempt();
  // False if it is over.
  bool WaitForNextTry();
  void Report() const;

  shards::ShardStore& store_;
  const ShardRunOptions options_;
  std::ostream& log_;
  const Clock::time_point start_;
  const uint64_t done_before_;
  RetryWait wait_;
  std::unique_ptr<client::ClassifierClient> client_;

  // Of the attempt.
  std::vector<std::string> names_;
  std::vector<ListedFile> files_;
  std::size_t taken_ = 0;
  bool failed_ = false;
  // Of the picture that comes next.
  int failures_ = 0;

  End end_ = End::kDone;
  absl::Status problem_;

  std::mutex mu_;
  std::condition_variable stop_;
  // Guarded by mu_.
  bool stopped_ = false;
  BatchRun* run_ = nullptr;
};

}  // namespace wanwu::cli
