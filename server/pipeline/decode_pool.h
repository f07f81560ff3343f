#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "batching/busy_time.h"
#include "batching/clock.h"
#include "batching/lane_gate.h"
#include "batching/work_mark.h"
#include "server/image/decode_options.h"
#include "server/pipeline/answer_cache.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/decode_estimate.h"
#include "server/pipeline/decode_queue.h"
#include "server/pipeline/memory_gate.h"

namespace wanwu::pipeline {

struct DecodePoolOptions {
  std::string thread_name = "wanwu-decode";
  int threads = 1;
  // Added to the threads' nice value: how far they stand back for others.
  int nice = 0;
  image::DecodeOptions decode;
  // Where an answer is looked for before a picture is decoded.
  AnswerCache* answers = nullptr;
  // Where each picture waits for the memory that its decoder takes; null:
  // nowhere.
  MemoryGate* memory = nullptr;
};

// A fixed set of threads that turn encoded pictures into tensors, in the order
// of a DecodeQueue. A picture that has a kept answer ends its job here; one
// that cannot be decoded ends its job here, as does one that nobody waits for
// any more, also in the middle of its decoding. Thread-safe.
class DecodePool {
 public:
  // Takes over a decoded job, which is waiting again. Called on decode threads.
  using Forward =
      std::function<void(ClassifyJobPtr job, batching::Priority priority)>;

  // `clock`, `estimate` and what `options` refers to must outlive the pool. For
  // `most_ahead` see DecodeQueue.
  DecodePool(DecodePoolOptions options, const batching::Clock& clock,
             DecodeEstimate& estimate, DecodeQueue::MostAhead most_ahead,
             Forward forward);
  // Drains.
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  // Locks for microseconds.
  void Submit(ClassifyJobPtr job);

  // Adds the threads that are decoding. Work that gets on begins anew.
  void ListThreadsAtWork(std::vector<batching::ThreadAtWork>& threads) const;

  // More may be decoded ahead than before.
  void LimitRaised() { gate_.WakeAll(); }

  // Jobs that wait, cancelled ones not yet removed included.
  size_t size() const { return queue_.size(); }

  // Spent decoding. Index: thread.
  std::vector<batching::Clock::Duration> BusyTimes() const;

  // Decodes what waits, then ends the threads. No Submit may follow.
  // Idempotent.
  void Drain();

 private:
  // What one thread shows of its work.
  struct Worker {
    batching::BusyTime busy;
    batching::WorkMark mark;
  };

  void Work(Worker& worker);
  void WaitForWork();
  bool Drained() const { return draining_.load() && queue_.size() == 0; }
  void Decode(DecodeQueue::Granted granted, Worker& worker);
  // True: the job had a kept answer and has ended.
  bool AnswerFromKept(ClassifyJob& job, Worker& worker);
  absl::StatusOr<image::PixelTensor> DecodeInTime(
      const ClassifyJob& job, batching::WorkMark& mark) const;

  const DecodePoolOptions options_;
  const batching::Clock& clock_;
  DecodeEstimate& estimate_;
  const Forward forward_;
  batching::LaneGate gate_;
  DecodeQueue queue_;
  std::atomic<bool> draining_{false};
  std::vector<Worker> workers_;  // Index: thread.
  std::vector<std::thread> threads_;
};

}  // namespace wanwu::pipeline
