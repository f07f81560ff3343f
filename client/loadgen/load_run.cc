#include "client/loadgen/load_run.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "client/loadgen/closed_loop.h"
#include "client/loadgen/open_loop.h"
#include "client/loadgen/stability.h"

namespace wanwu::loadgen {
namespace {

// Bounds what is kept of the windows.
constexpr int kMostWindows = 1000;
// So that a short measurement still has a course over time.
constexpr int kLeastWindows = 10;
constexpr std::chrono::milliseconds kShortestWindow{100};
constexpr std::chrono::seconds kCancelGrace{5};
// A warm-up for a rate that grows does not begin with its end.
constexpr double kWarmUpShare = 0.1;

Duration WindowOf(const LoadPlan& plan) {
  const Duration shortest = std::max<Duration>(
      plan.LongestMeasurement() / kMostWindows, kShortestWindow);
  Duration window = plan.window;
  if (plan.until == Until::kDuration) {
    window = std::min(window, plan.duration / kLeastWindows);
  }
  return std::max(window, shortest);
}

bool Grows(const Load& load) {
  return load.arrivals == Arrivals::kStep || load.arrivals == Arrivals::kRamp;
}

}  // namespace

LoadRun::LoadRun(const World& world, const LoadPlan& plan, ReadCpu read_cpu)
    : world_(world),
      plan_(plan),
      read_cpu_(std::move(read_cpu)),
      window_(WindowOf(plan)),
      recorder_(std::make_shared<LoadRecorder>(plan.deadline)),
      sender_(std::make_shared<RequestSender>(
          world, recorder_, plan.deadline.value_or(plan.timeout))) {}

RunResult LoadRun::Run(const OnProgress& on_progress) {
  const TimePoint start = world_.clock.Now();
  generator_ = MakeGenerator(Phase::kWarmUp, start);
  Drive(Phase::kWarmUp, start + plan_.warm_up, on_progress);
  BeginMeasurement();
  const TimePoint from = world_.clock.Now();
  Drive(Phase::kMeasuring, from + plan_.LongestMeasurement(), on_progress);
  generator_->Stop();

  const TimePoint end = world_.clock.Now();
  recorder_->End({end, read_cpu_()}, window_ / 2);
  Drain(on_progress);

  const bool in_windows = plan_.until == Until::kStable;
  RunResult result;
  result.plan = plan_;
  if (stopped_) {
    result.end = EndReason::kInterrupted;
  } else if (in_windows) {
    result.end = stable_ ? EndReason::kStable : EndReason::kNotStable;
  }
  result.tally = recorder_->Total(
      in_windows ? kStableWindows : std::numeric_limits<std::size_t>::max());
  result.windows = std::move(windows_);
  return result;
}

void LoadRun::Stop() {
  stopped_ = true;
  world_.clock.Wake();
}

void LoadRun::BeginMeasurement() {
  const TimePoint now = world_.clock.Now();
  recorder_->Begin({now, read_cpu_()});
  window_end_ = now + window_;
  if (plan_.load.loop == Loop::kClosed) return;
  generator_->Stop();
  generator_ = MakeGenerator(Phase::kMeasuring, now);
}

void LoadRun::Drive(Phase phase, TimePoint until,
                    const OnProgress& on_progress) {
  const TimePoint from = world_.clock.Now();
  TimePoint next_progress = on_progress ? from : TimePoint::max();
  for (;;) {
    const TimePoint now = world_.clock.Now();
    if (now >= window_end_) CloseWindow(now);
    if (stopped_ || stable_) return;
    if (now >= until) {
      // What was due until now belongs to the phase, however late this is.
      generator_->SendDue(now);
      return;
    }
    if (now >= next_progress) {
      on_progress(Progress(phase, from, until));
      next_progress = now + kProgressInterval;
    }
    const TimePoint due = generator_->SendDue(now);
    world_.clock.SleepUntil(std::min({due, until, window_end_, next_progress}));
  }
}

void LoadRun::CloseWindow(TimePoint now) {
  windows_.push_back(recorder_->CloseWindow(now));
  window_end_ = std::max(window_end_ + window_, now);
  if (plan_.until != Until::kStable) return;
  recorder_->Split({now, read_cpu_()}, kStableWindows);
  stable_ = IsStable(windows_);
}

// What is in flight ends by itself, each with its own time limit.
void LoadRun::Drain(const OnProgress& on_progress) {
  window_end_ = TimePoint::max();
  sender_->WakeWhenEmpty();
  const TimePoint from = world_.clock.Now();
  const TimePoint until =
      from + (stopped_ ? Duration() : sender_->time_limit()) + kStopGrace;
  TimePoint give_up = until;
  bool given_up = false;
  while (sender_->in_flight() > 0) {
    const TimePoint now = world_.clock.Now();
    if (stopped_ && !given_up) {
      give_up = std::min<TimePoint>(give_up, now + kStopGrace);
    }
    if (now >= give_up) {
      if (given_up) return;
      given_up = true;
      give_up = now + kCancelGrace;
      sender_->GiveUp();
      continue;
    }
    if (on_progress) on_progress(Progress(Phase::kDraining, from, until));
    world_.clock.SleepUntil(
        std::min<TimePoint>(give_up, now + kProgressInterval));
  }
}

std::shared_ptr<LoadGenerator> LoadRun::MakeGenerator(Phase phase,
                                                      TimePoint start) {
  if (plan_.load.loop == Loop::kClosed) {
    return std::make_shared<ClosedLoop>(world_.clock, sender_,
                                        plan_.load.clients);
  }
  Load load = plan_.load;
  std::uint64_t seed = plan_.seed;
  if (phase == Phase::kWarmUp) {
    // The measurement's own times do not depend on the warm-up.
    ++seed;
    if (Grows(load)) {
      load.arrivals = Arrivals::kConstant;
      load.rate *= kWarmUpShare;
    }
  }
  return std::make_shared<OpenLoop>(
      OpenLoop::Parts{sender_, recorder_, plan_.max_in_flight},
      ArrivalSchedule(load, plan_.LongestMeasurement(), seed), start);
}

LoadProgress LoadRun::Progress(Phase phase, TimePoint from,
                               TimePoint until) const {
  const TimePoint now = world_.clock.Now();
  return {.phase = phase,
          .elapsed = now - from,
          .planned = until - from,
          .in_flight = sender_->in_flight(),
          .window = recorder_->Peek(now)};
}

}  // namespace wanwu::loadgen
