#include "server/pipeline/answer_cache.h"

#include <iterator>
#include <new>
#include <string>
#include <utility>

namespace wanwu::pipeline {
namespace {

// What an answer takes beside its logits: its place in the list and in the
// table, at the table's emptiest, and what the allocator adds.
constexpr int64_t kBytesBeside = 400;

int64_t BytesOf(const JobAnswer& answer) {
  size_t bytes = answer.logits.size() * sizeof(float);
  for (const std::string& warning : answer.warnings) {
    bytes += sizeof(warning) + warning.size();
  }
  return kBytesBeside + static_cast<int64_t>(bytes);
}

}  // namespace

bool AnswerCache::LookUp(ClassifyJob& job) noexcept {
  try {
    if (!job.answer_key().has_value()) job.SetAnswerKey(KeyOf(job));
  } catch (const std::bad_alloc&) {
    return false;
  }
  job.SetKeptAnswer(Find(*job.answer_key()));
  return job.kept_answer() != nullptr;
}

std::shared_ptr<const JobAnswer> AnswerCache::Find(const AnswerKey& key) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->answer;
}

void AnswerCache::Keep(const AnswerKey& key, const JobAnswer& answer) noexcept {
  const int64_t bytes = BytesOf(answer);
  if (bytes > limit_) return;
  try {
    Entries entry;
    entry.push_back({.key = key,
                     .answer = std::make_shared<const JobAnswer>(answer),
                     .bytes = bytes});
    // Freed without the lock.
    Entries dropped;
    Add(std::move(entry), dropped);
  } catch (const std::bad_alloc&) {
    // It is computed anew next time.
  }
}

void AnswerCache::Add(Entries entry, Entries& dropped) {
  const std::lock_guard lock(mutex_);
  // An identical picture that was under way may have come first.
  if (!places_.try_emplace(entry.front().key, entry.begin()).second) return;
  bytes_ += entry.front().bytes;
  entries_.splice(entries_.begin(), entry);
  while (bytes_ > limit_) {
    const auto last = std::prev(entries_.end());
    places_.erase(last->key);
    bytes_ -= last->bytes;
    ++evictions_;
    dropped.splice(dropped.begin(), entries_, last);
  }
}

AnswerCache::Counts AnswerCache::Read() const {
  Counts counts = {.hits = hits_.load(kRelaxed),
                   .misses = misses_.load(kRelaxed),
                   .limit = limit_};
  const std::lock_guard lock(mutex_);
  counts.evictions = evictions_;
  counts.answers = static_cast<int64_t>(entries_.size());
  counts.bytes = bytes_;
  return counts;
}

}  // namespace wanwu::pipeline
