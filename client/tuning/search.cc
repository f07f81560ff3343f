#include "client/tuning/search.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace wanwu::tuning {

Search::Search(const Parts& parts, const Goal& goal, loadgen::Duration budget)
    : parts_(parts), goal_(goal), budget_(budget), start_(parts.clock.Now()) {}

absl::Status Search::Run() {
  state_.trials.push_back({.settings = {}});
  absl::Status status = RunOne(0);
  if (!status.ok()) return status;
  const Trial& by_default = state_.by_default();
  if (by_default.runs.empty()) {
    return absl::FailedPreconditionError(by_default.failure);
  }
  machine_ = {.cpus = by_default.runs.front().cpus,
              .automatic_precision = by_default.runs.front().precision};
  status = SearchAll();
  if (!status.ok()) return status;
  return Finish();
}

Verdict Search::verdict() const {
  return Judge(goal_, state_.by_default(), state_.trials[state_.best]);
}

absl::Status Search::SearchAll() {
  for (bool changed = true; changed;) {
    const std::size_t before = state_.best;
    for (const Axis axis : kAxes) {
      const absl::Status status = SearchAxis(axis);
      if (!status.ok()) return status;
    }
    changed = state_.best != before;
  }
  return absl::OkStatus();
}

absl::Status Search::SearchAxis(Axis axis) {
  const Settings from = state_.trials[state_.best].settings;
  for (const Settings& settings : Candidates(axis, from, machine_)) {
    if (IsTried(settings)) continue;
    if (!HasTimeFor(longest_ + kFinalRounds * RoundCost(longest_))) {
      return absl::OkStatus();
    }
    state_.planned_runs = state_.runs + CountUntried(axis) + 2 * kFinalRounds;
    const std::size_t place = state_.trials.size();
    state_.trials.push_back({.settings = settings});
    const absl::Status status = RunOne(place);
    if (!status.ok()) return status;
    const Trial& trial = state_.trials[place];
    if (!trial.runs.empty() &&
        IsBetter(goal_, trial.runs.front(),
                 state_.trials[state_.best].runs.front())) {
      state_.best = place;
    }
  }
  return absl::OkStatus();
}

absl::Status Search::Finish() {
  const bool found = state_.best != 0;
  const loadgen::Duration round =
      RoundCost(found ? costs_[state_.best] : loadgen::Duration());
  state_.planned_runs = state_.runs + kFinalRounds * (found ? 2 : 1);
  for (int i = 0; i < kFinalRounds && HasTimeFor(round); ++i) {
    absl::Status status = found ? RunOne(state_.best) : absl::OkStatus();
    if (status.ok()) status = RunOne(0);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Search::RunOne(std::size_t trial) {
  state_.elapsed = parts_.clock.Now() - start_;
  parts_.observer.OnRun(state_, state_.trials[trial].settings);
  const loadgen::TimePoint from = parts_.clock.Now();
  const absl::StatusOr<Measurement> run =
      parts_.measurer.Measure(state_.trials[trial].settings);
  if (absl::IsCancelled(run.status())) return run.status();
  const loadgen::Duration cost = parts_.clock.Now() - from;
  longest_ = std::max(longest_, cost);
  if (costs_.size() == trial) costs_.push_back(cost);
  costs_[trial] = std::min(costs_[trial], cost);
  state_.elapsed = parts_.clock.Now() - start_;
  ++state_.runs;
  if (run.ok()) {
    state_.trials[trial].runs.push_back(*run);
  } else {
    state_.trials[trial].failure = std::string(run.status().message());
  }
  return absl::OkStatus();
}

bool Search::HasTimeFor(loadgen::Duration cost) const {
  return parts_.clock.Now() - start_ + cost <= budget_;
}

loadgen::Duration Search::RoundCost(loadgen::Duration other) const {
  return costs_.front() + other;
}

bool Search::IsTried(const Settings& settings) const {
  return std::any_of(
      state_.trials.begin(), state_.trials.end(),
      [&](const Trial& trial) { return trial.settings == settings; });
}

int Search::CountUntried(Axis first) const {
  int count = 0;
  for (auto axis = std::find(std::begin(kAxes), std::end(kAxes), first);
       axis != std::end(kAxes); ++axis) {
    for (const Settings& settings :
         Candidates(*axis, state_.trials[state_.best].settings, machine_)) {
      if (!IsTried(settings)) ++count;
    }
  }
  return count;
}

}  // namespace wanwu::tuning
