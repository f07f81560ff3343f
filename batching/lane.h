#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "batching/batch_former.h"
#include "batching/busy_time.h"
#include "batching/clock.h"
#include "batching/control_work.h"
#include "batching/feeder.h"
#include "batching/lane_gate.h"
#include "batching/model_queue.h"
#include "batching/queue_choice.h"
#include "batching/queue_table.h"
#include "batching/work_mark.h"

namespace wanwu::batching {

// What the lanes of one batcher share with each other and with submitters.
struct LaneContext {
  // `lane_feeder` may be null.
  LaneContext(const Clock& batcher_clock, int lane_count,
              Feeder* lane_feeder = nullptr);

  const Clock& clock;
  Feeder* const feeder;
  LaneGate gate;
  QueueTable table;
  ControlWork control;
  // Lanes that run neither a batch nor control work. One that feeds is about to
  // take a batch, so it counts.
  std::atomic<int> idle_lanes{0};
  std::atomic<int> feeding_lanes{0};
  // Index: lane.
  std::vector<BusyTime> busy_times;
  std::vector<WorkMark> work_marks;
  // Set once all queues are closed and no control work can come.
  std::atomic<bool> draining{false};
};

// How the thread is called, and shown where it is at work.
std::string LaneName(int lane);

// One thread's loop: control work and a batch from the queue whose turn it is,
// in turn; else it feeds, or parks. Used by one thread.
class Lane {
 public:
  // `context` must outlive the lane.
  Lane(int index, LaneContext& context);

  // Returns when draining is set and every job of every queue is handled.
  void Run();

 private:
  enum class Next { kLookAgain, kEnd };

  bool RunControlWork();
  bool ServeOneBatch();
  bool Feed();
  void Serve(ModelQueue& queue, const QueueChoice& choice,
             FormingConditions conditions);
  void Handle(ModelQueue& queue);
  WorkMark& mark() const;
  BusyTime& busy_time() const;
  void RunBatch(BatchRunner& runner);
  bool HasWork(const QueueChoice& choice) const;
  Next ParkUntilWork();

  const int index_;
  LaneContext& context_;
  // Jobs that it has made ready in a row since there were none to run.
  int fed_ = 0;
  ControlWork::Done control_done_ = 0;
  Batch batch_;
};

}  // namespace wanwu::batching
