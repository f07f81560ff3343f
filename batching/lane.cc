#include "batching/lane.h"

#include <cstddef>
#include <string>

namespace wanwu::batching {
namespace {

// While alive, the lane does not count as idle.
class BusyMark {
 public:
  explicit BusyMark(std::atomic<int>& idle_lanes)
      : idle_lanes_(idle_lanes), idle_before_(idle_lanes.fetch_sub(1)) {}
  ~BusyMark() { idle_lanes_.fetch_add(1); }
  BusyMark(const BusyMark&) = delete;
  BusyMark& operator=(const BusyMark&) = delete;

  // Idle lanes when this one stopped being idle, itself included.
  [[nodiscard]] int idle_before() const { return idle_before_; }

 private:
  std::atomic<int>& idle_lanes_;
  const int idle_before_;
};

Clock::Duration TimeOf(const ModelQueue& queue, const Batch& batch) {
  if (batch.jobs.empty()) return Clock::Duration::zero();
  return queue.runner().ExpectedTime(static_cast<int>(batch.jobs.size()));
}

}  // namespace

LaneContext::LaneContext(const Clock& batcher_clock, int lane_count,
                         Feeder* lane_feeder)
    : clock(batcher_clock),
      feeder(lane_feeder),
      gate(batcher_clock),
      table(gate, batcher_clock),
      control(gate, batcher_clock, lane_count),
      busy_times(static_cast<std::size_t>(lane_count)),
      work_marks(static_cast<std::size_t>(lane_count)) {}

std::string LaneName(int lane) { return "wanwu-lane-" + std::to_string(lane); }

Lane::Lane(int index, LaneContext& context) : index_(index), context_(context) {
  batch_.jobs.reserve(kLargestBatchSize);
}

void Lane::Run() {
  context_.idle_lanes.fetch_add(1);
  do {
    // A batch after each piece of control work, so that a model that is being
    // warmed up does not hold up the others.
    bool more = true;
    while (more) {
      more = RunControlWork();
      more = ServeOneBatch() || more;
    }
  } while (ParkUntilWork() == Next::kLookAgain);
  context_.idle_lanes.fetch_sub(1);
}

bool Lane::RunControlWork() {
  if (!context_.control.HasWorkAfter(control_done_)) return false;
  // What this lane has fed is known to no other.
  if (fed_ > 0) context_.gate.WakeOne();
  const BusyMark busy(context_.idle_lanes);
  const AtWork at_work(mark(), context_.clock.Now());
  context_.control.RunPending(index_, control_done_);
  return true;
}

// True if it is worth looking again at once.
bool Lane::ServeOneBatch() {
  const Clock::TimePoint now = context_.clock.Now();
  const QueueChoice choice = context_.table.ChooseNext(now);
  if (!choice.any()) {
    fed_ = 0;
    return Feed();
  }
  FormingConditions conditions{.now = now,
                               .kind = context_.table.NextKind(choice)};
  if (context_.feeder != nullptr) {
    conditions.idle_lanes = context_.idle_lanes.load();
    conditions.waiting = context_.feeder->Waiting(conditions.kind);
  }
  const std::size_t slot = choice.best(conditions.kind)->slot;
  ModelQueue* const queue = context_.table.EnterSlot(slot);
  // Null: other lanes have emptied it since.
  if (queue == nullptr) return true;
  if (FeedsFirst(*queue, conditions, fed_)) {
    context_.table.LeaveSlot(slot, 1);
    Feed();
  } else {
    Serve(*queue, choice, conditions);
  }
  return true;
}

// False: there was nothing.
bool Lane::Feed() {
  if (context_.feeder == nullptr) return false;
  context_.feeding_lanes.fetch_add(1);
  busy_time().Begin(context_.clock.Now());
  const bool fed = context_.feeder->Feed(index_);
  busy_time().End(context_.clock.Now());
  context_.feeding_lanes.fetch_sub(1);
  if (fed) ++fed_;
  return fed;
}

void Lane::Serve(ModelQueue& queue, const QueueChoice& choice,
                 FormingConditions conditions) {
  fed_ = 0;
  {
    const BusyMark busy(context_.idle_lanes);
    conditions.idle_lanes = busy.idle_before();
    const AtWork at_work(mark(), conditions.now);
    FormBatch(queue, conditions, batch_);
    context_.table.CountServed(queue, choice, conditions.kind,
                               TimeOf(queue, batch_));
    // Jobs that wait for company count too: this lane is about to stop
    // watching over them.
    if (queue.SizeGuess() > 0 || choice.others_have_jobs()) {
      context_.gate.WakeOne();
    }
    Handle(queue);
  }
  const std::size_t handled = batch_.popped();
  batch_.Clear();
  // Last: from here on the queue and its runner may be gone. One more for this
  // lane's own visit.
  context_.table.LeaveSlot(choice.best(conditions.kind)->slot, handled + 1);
}

void Lane::Handle(ModelQueue& queue) {
  for (const JobPtr& job : batch_.expired) queue.runner().Expire(job);
  if (!batch_.jobs.empty()) RunBatch(queue.runner());
  queue.counters().Add(
      {batch_.jobs.size(), batch_.expired.size(), batch_.cancelled});
}

WorkMark& Lane::mark() const {
  return context_.work_marks[static_cast<std::size_t>(index_)];
}

BusyTime& Lane::busy_time() const {
  return context_.busy_times[static_cast<std::size_t>(index_)];
}

void Lane::RunBatch(BatchRunner& runner) {
  busy_time().Begin(context_.clock.Now());
  runner.Run(index_, batch_.jobs);
  busy_time().End(context_.clock.Now());
}

bool Lane::HasWork(const QueueChoice& choice) const {
  if (choice.any() || context_.control.HasWorkAfter(control_done_)) return true;
  const Feeder* const feeder = context_.feeder;
  return feeder != nullptr && (feeder->Waiting(BatchKind::kInteractive) > 0 ||
                               feeder->Waiting(BatchKind::kBulk) > 0);
}

Lane::Next Lane::ParkUntilWork() {
  LaneGate& gate = context_.gate;
  const LaneGate::Ticket ticket = gate.Prepare();
  // Everything a wake-up may announce is checked between Prepare and Wait.
  const QueueChoice choice = context_.table.ChooseNext(context_.clock.Now());
  const bool has_work = HasWork(choice);
  const bool ended = context_.draining.load(std::memory_order_acquire) &&
                     !has_work && !context_.table.HasUnfinishedJobs();
  if (ended || has_work) {
    gate.Cancel();
    return ended ? Next::kEnd : Next::kLookAgain;
  }
  gate.Wait(ticket, choice.next_ready_at());
  return Next::kLookAgain;
}

}  // namespace wanwu::batching
