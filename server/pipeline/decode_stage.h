#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batching/busy_time.h"
#include "batching/clock.h"
#include "batching/feeder.h"
#include "batching/work_mark.h"
#include "server/image/decode_options.h"
#include "server/image/pixel_tensor.h"
#include "server/pipeline/answer_cache.h"
#include "server/pipeline/classify_job.h"
#include "server/pipeline/decode_estimate.h"
#include "server/pipeline/decode_queue.h"
#include "server/pipeline/memory_gate.h"

namespace wanwu::pipeline {

struct DecodeStageOptions {
  // Names of the threads that will call Feed. Index: worker.
  std::vector<std::string> workers;
  image::DecodeOptions decode;
  // Where an answer is looked for before a picture is decoded.
  AnswerCache* answers = nullptr;
  // Where each picture waits for the memory that its decoder takes; null:
  // nowhere.
  MemoryGate* memory = nullptr;
};

// Turns encoded pictures into tensors, in the order of a DecodeQueue, on other
// classes' threads: lanes, or a DecodePool's. A picture that has a kept answer
// ends its job here; one that cannot be decoded ends its job here, as does one
// that nobody waits for any more, also in the middle of its decoding.
// Thread-safe: each worker is one thread.
class DecodeStage final : public batching::Feeder {
 public:
  // Takes over a decoded job, which is waiting again. Called by workers.
  using Forward =
      std::function<void(ClassifyJobPtr job, batching::Priority priority)>;

  // `clock`, `estimate` and what `options` refers to must outlive the stage.
  // For `most_ahead` see DecodeQueue. `wake` is called on any thread when a
  // worker has something to do.
  DecodeStage(DecodeStageOptions options, const batching::Clock& clock,
              DecodeEstimate& estimate, DecodeQueue::MostAhead most_ahead,
              Forward forward, std::function<void()> wake);

  // Locks for microseconds.
  void Submit(ClassifyJobPtr job);

  size_t Waiting(batching::BatchKind kind) const noexcept override;
  bool Feed(int worker) noexcept override;

  const std::vector<std::string>& workers() const { return options_.workers; }

  // Whether Feed may find something. A guess while others feed.
  bool HasWork() const { return queue_.HasWork(); }

  // Adds the workers that are decoding. Work that gets on begins anew.
  void ListThreadsAtWork(std::vector<batching::ThreadAtWork>& threads) const;

  // Jobs that wait, cancelled ones not yet removed included.
  size_t size() const { return queue_.size(); }

  // Spent decoding. Index: worker.
  std::vector<batching::Clock::Duration> BusyTimes() const;

 private:
  // What one shows of its work.
  struct Worker {
    batching::BusyTime busy;
    batching::WorkMark mark;
  };

  void Decode(DecodeQueue::Granted granted, Worker& worker);
  // True: the job had a kept answer and has ended.
  bool AnswerFromKept(ClassifyJob& job, Worker& worker);
  absl::StatusOr<image::PixelTensor> DecodeInTime(
      const ClassifyJob& job, batching::WorkMark& mark) const;

  const DecodeStageOptions options_;
  const batching::Clock& clock_;
  DecodeEstimate& estimate_;
  const Forward forward_;
  const std::function<void()> wake_;
  DecodeQueue queue_;
  std::vector<Worker> workers_;
};

}  // namespace wanwu::pipeline
