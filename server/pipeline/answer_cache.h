#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "server/pipeline/answer_key.h"
#include "server/pipeline/classify_job.h"

namespace wanwu::pipeline {

// Answers to pictures that may come again, by what they depend on; the one that
// was not asked for the longest goes first. Those of a model that is gone are
// never found again and so go, too. Identical pictures that are under way at
// the same time do not wait for each other: each is answered by itself.
// Thread-safe; holds a lock for microseconds.
class AnswerCache {
 public:
  struct Counts {
    // Jobs that were answered from here, and those that had to be decoded.
    int64_t hits = 0;
    int64_t misses = 0;
    // Answers that made room for others.
    int64_t evictions = 0;
    int64_t answers = 0;
    int64_t bytes = 0;
    int64_t limit = 0;
  };

  // Of `bytes` in all; 0: keeps none.
  explicit AnswerCache(int64_t bytes) : limit_(bytes) {}
  AnswerCache(const AnswerCache&) = delete;
  AnswerCache& operator=(const AnswerCache&) = delete;

  bool enabled() const { return limit_ > 0; }

  // Gives the job its key, which the first look alone computes, and its kept
  // answer, if there is one: then true. By the job's owner, while it has its
  // picture. Without memory there is none.
  bool LookUp(ClassifyJob& job) noexcept;

  // The job, which was looked up, ends with its kept answer; or is decoded.
  void CountHit() noexcept { hits_.fetch_add(1, kRelaxed); }
  void CountMiss() noexcept { misses_.fetch_add(1, kRelaxed); }

  // Unless it is too large, or there is no memory.
  void Keep(const AnswerKey& key, const JobAnswer& answer) noexcept;

  Counts Read() const;

 private:
  struct Entry {
    AnswerKey key;
    std::shared_ptr<const JobAnswer> answer;
    int64_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  static constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

  std::shared_ptr<const JobAnswer> Find(const AnswerKey& key);
  void Add(Entries entry, Entries& dropped);

  const int64_t limit_;
  std::atomic<int64_t> hits_{0};
  std::atomic<int64_t> misses_{0};
  mutable std::mutex mutex_;
  // All below are guarded by mutex_.
  Entries entries_;  // the last that was asked for first
  absl::flat_hash_map<AnswerKey, Entries::iterator> places_;
  int64_t bytes_ = 0;
  int64_t evictions_ = 0;
};

}  // namespace wanwu::pipeline
