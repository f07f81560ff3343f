#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "batching/clock.h"
#include "batching/lane_gate.h"
#include "server/pipeline/decode_stage.h"

namespace wanwu::pipeline {

// A stage's workers as threads that do nothing but decode. Thread-safe.
class DecodePool {
 public:
  // `stage`, which wakes this pool, and `clock` must outlive it. `nice` is
  // added to the threads' nice value: how far they stand back for others.
  DecodePool(DecodeStage& stage, const batching::Clock& clock, int nice = 0);
  // Drains.
  ~DecodePool();
  DecodePool(const DecodePool&) = delete;
  DecodePool& operator=(const DecodePool&) = delete;

  // The stage has something to do.
  void Wake() { gate_.WakeOne(); }

  // More may be decoded ahead than before.
  void LimitRaised() { gate_.WakeAll(); }

  // Decodes what waits, then ends the threads. Nothing may be submitted to the
  // stage afterwards. Idempotent.
  void Drain();

 private:
  void Work(int worker);
  void WaitForWork();
  bool Drained() const { return draining_.load() && stage_.size() == 0; }

  DecodeStage& stage_;
  batching::LaneGate gate_;
  std::atomic<bool> draining_{false};
  std::vector<std::thread> threads_;
};

}  // namespace wanwu::pipeline
