#include "batching/lane.h"

#include <cstddef>

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

LaneContext::LaneContext(const Clock& batcher_clock, int lane_count)
    : clock(batcher_clock),
      gate(batcher_clock),
      table(gate, batcher_clock),
      control(gate, batcher_clock, lane_count),
      busy_times(static_cast<std::size_t>(lane_count)),
      work_marks(static_cast<std::size_t>(lane_count)) {}

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
  const BusyMark busy(context_.idle_lanes);
  const AtWork at_work(mark(), context_.clock.Now());
  context_.control.RunPending(index_, control_done_);
  return true;
}

// True if it is worth looking again at once.
bool Lane::ServeOneBatch() {
  const QueueChoice choice = context_.table.ChooseNext(context_.clock.Now());
  if (!choice.any()) return false;
  const BatchKind kind = context_.table.NextKind(choice);
  // Null: other lanes have emptied it since.
  if (ModelQueue* queue = context_.table.EnterSlot(choice.best(kind)->slot)) {
    Serve(*queue, choice, kind);
  }
  return true;
}

void Lane::Serve(ModelQueue& queue, const QueueChoice& choice, BatchKind kind) {
  const QueueChoice::Candidate& chosen = *choice.best(kind);
  {
    const BusyMark busy(context_.idle_lanes);
    const Clock::TimePoint now = context_.clock.Now();
    const AtWork at_work(mark(), now);
    FormBatch(queue, {busy.idle_before(), now, kind}, batch_);
    context_.table.CountServed(queue, chosen, TimeOf(queue, batch_));
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
  context_.table.LeaveSlot(chosen.slot, handled + 1);
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

void Lane::RunBatch(BatchRunner& runner) {
  BusyTime& busy_time = context_.busy_times[static_cast<std::size_t>(index_)];
  busy_time.Begin(context_.clock.Now());
  runner.Run(index_, batch_.jobs);
  busy_time.End(context_.clock.Now());
}

Lane::Next Lane::ParkUntilWork() {
  LaneGate& gate = context_.gate;
  const LaneGate::Ticket ticket = gate.Prepare();
  // Everything a wake-up may announce is checked between Prepare and Wait.
  const QueueChoice choice = context_.table.ChooseNext(context_.clock.Now());
  const bool ended = context_.draining.load(std::memory_order_acquire) &&
                     !context_.table.HasUnfinishedJobs();
  if (ended || choice.any() || context_.control.HasWorkAfter(control_done_)) {
    gate.Cancel();
    return ended ? Next::kEnd : Next::kLookAgain;
  }
  gate.Wait(ticket, choice.next_ready_at());
  return Next::kLookAgain;
}

}  // namespace wanwu::batching
