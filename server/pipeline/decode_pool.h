#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "batching/bounded_mpmc_queue.h"
#include "batching/clock.h"
#include "batching/lane_gate.h"
#include "server/image/decode.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/decode_credit.h"

namespace wanwu::pipeline {

struct DecodePoolOptions {
  int threads = 1;
  // Slots for waiting jobs, per priority. A cancelled job keeps its slot until
  // that comes to the head.
  size_t capacity = 1024;
  image::DecodeOptions decode;
};

// A fixed set of threads that turn encoded pictures into tensors, never more
// ahead of the lanes than ahead() allows. A picture that cannot be decoded ends
// its job here. Thread-safe.
class DecodePool {
 public:
  // Takes over a decoded job, which is waiting again. Called on decode threads.
  using Forward = std::function<void(ClassifyJobPtr job)>;

  // `clock` must outlive the pool.
  DecodePool(DecodePoolOptions options, const batching::Clock& clock,
             Forward forward);
  // Drains.
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  // False if there is no slot; the caller keeps the job. Locks only to wake a
  // parked thread.
  [[nodiscard]] bool Submit(const ClassifyJobPtr& job);

  DecodeAhead& ahead() { return ahead_; }

  // Decodes what waits, then ends the threads. No Submit may follow.
  // Idempotent.
  void Drain();

 private:
  using Ring = batching::BoundedMpmcQueue<ClassifyJobPtr>;

  void Work();
  void WaitForWork();
  bool HasWork() const;
  bool Drained() const;
  ClassifyJobPtr Pop();
  Ring& OldestRing();
  void Decode(const ClassifyJobPtr& job, DecodeCredit credit);

  const DecodePoolOptions options_;
  const batching::Clock& clock_;
  const Forward forward_;
  batching::LaneGate gate_;
  DecodeAhead ahead_;
  Ring interactive_;
  Ring bulk_;
  std::atomic<bool> draining_{false};
  std::vector<std::thread> threads_;
};

}  // namespace wanwu::pipeline
