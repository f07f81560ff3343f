#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "batching/batch_former.h"
#include "batching/batch_runner.h"
#include "batching/queue_table.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/decode_queue.h"
#include "tests/simulation/virtual_cpus.h"
#include "tests/support/served_models.h"

namespace wanwu::simulation {

using batching::Clock;

// A model as it is, and as the server believes it to be at first.
struct VirtualModel {
  Clock::Duration first_picture = std::chrono::milliseconds(6);
  Clock::Duration each_further = std::chrono::milliseconds(5);
  int batch_size = 8;
  double believed_times = 1;
};

struct VirtualRequest {
  int model = 0;
  uint64_t client = 0;
  batching::Priority priority = batching::Priority::kInteractive;
  // CPU time, and how many times that the server expects.
  Clock::Duration decode = std::chrono::microseconds(2500);
  double believed_times = 1;
  int64_t decoder_bytes = 1 << 20;
  // From sending; zero: none. The caller leaves when it has passed.
  Clock::Duration deadline{};
  // When the caller leaves all the same.
  std::optional<Clock::Duration> leaves_after = std::nullopt;
};

// What became of a request.
struct VirtualAnswer {
  // How often the caller was told something: must become one.
  int times_told = 0;
  bool admitted = false;
  bool ok = false;
  // The caller was still there.
  bool in_time = false;
  Clock::TimePoint sent;
  // From sending to being told.
  Clock::Duration latency{};
  // CPU time spent on it.
  Clock::Duration work{};
};

// The pipeline in virtual time: the real admission, cost estimates, decode
// queues and lanes' rules; decoding and inference are tasks on VirtualCpus, for
// which the server's threads compete. Deterministic, on one thread.
class VirtualServer {
 public:
  VirtualServer(int cpus, pipeline::PipelineOptions options);
  ~VirtualServer();
  VirtualServer(const VirtualServer&) = delete;
  VirtualServer& operator=(const VirtualServer&) = delete;

  int AddModel(const VirtualModel& model);

  // Sends a request now. `on_told` is called when its caller is told.
  // The answer stays where it is.
  const VirtualAnswer& Send(
      const VirtualRequest& request,
      std::function<void(const VirtualAnswer&)> on_told = {});

  VirtualCpus& cpus() { return cpus_; }
  Clock::TimePoint now() const { return clock_.Now(); }
  const pipeline::Admission& admission() const { return admission_; }
  // Pictures decoded or being decoded that wait for a lane.
  size_t waiting() const { return small_.queue.size() + large_.queue.size(); }

 private:
  class Job;
  class Model;
  struct Decoders {
    Decoders(VirtualServer& server, int count, double thread_weight);
    int idle;
    double weight;
    pipeline::DecodeQueue queue;
  };
  struct Lane {
    bool busy = false;
    bool feeding = false;
    int fed = 0;
    batching::Batch batch;
  };

  void Dispatch();
  bool DispatchDecode(Decoders& decoders);
  // Calls `end_work` when whoever decodes is free again: at once if false,
  // since nothing waits.
  bool Decode(Decoders& decoders, const std::function<void()>& end_work);
  void Decoded(Job& job, pipeline::DecodeQueue::Granted granted);
  bool DispatchLane();
  bool Feed(Lane& lane);
  void RunBatch(Lane& lane, Model& model, size_t slot);
  void Leave(Job& job);
  int IdleLanes() const;

  VirtualClock clock_;
  const pipeline::PipelineOptions options_;
  const bool lanes_feed_;
  pipeline::JobCosts costs_;
  pipeline::Admission admission_;
  // Before everything that may hold their credits.
  Decoders small_;
  Decoders large_;
  std::vector<std::unique_ptr<Model>> models_;
  batching::LaneGate gate_;
  batching::QueueTable table_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::unordered_map<const batching::Job*, Job*> by_job_;
  std::vector<Lane> lanes_;
  VirtualCpus cpus_;
  bool dispatching_ = false;
};

}  // namespace wanwu::simulation
