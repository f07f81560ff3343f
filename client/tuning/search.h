#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "client/loadgen/clock.h"
#include "client/tuning/candidates.h"
#include "client/tuning/goal.h"
#include "client/tuning/trial.h"
#include "client/tuning/verdict.h"

namespace wanwu::tuning {

// Tries a configuration.
class Measurer {
 public:
  virtual ~Measurer() = default;

  // CANCELLED ends the search; another error only means that this
  // configuration cannot be had here.
  virtual absl::StatusOr<Measurement> Measure(const Settings& settings) = 0;
};

// What was found so far.
struct SearchState {
  // The default first, then in the order of the first try.
  std::vector<Trial> trials = {};
  // The best one's place there.
  std::size_t best = 0;
  // Runs made and, as far as can be told, to be made at most.
  int runs = 0;
  int planned_runs = 1;
  loadgen::Duration elapsed{};

  const Trial& by_default() const { return trials.front(); }
};

// Is told of the configuration that is tried next.
class SearchObserver {
 public:
  virtual ~SearchObserver() = default;
  virtual void OnRun(const SearchState& state, const Settings& next) = 0;
};

// Looks for the best configuration within a given time. It varies one part of
// the settings after the other and keeps what is better, until a round over all
// parts changes nothing; no configuration is tried twice. Then the best and the
// default are run in turn, the default last, so that drift shows and the
// verdict rests on more than one run each.
//
// A configuration is tried only if there is time for it, taking as long as the
// longest so far, and for the last runs after it.
class Search {
 public:
  // How often the best is run in turn with the default at the end.
  static constexpr int kFinalRounds = 2;

  struct Parts {
    loadgen::Clock& clock;
    Measurer& measurer;
    SearchObserver& observer;
  };

  // The parts must outlive it.
  Search(const Parts& parts, const Goal& goal, loadgen::Duration budget);

  // Once. CANCELLED: nothing is to be concluded from the state. Another error:
  // the default could not be measured.
  absl::Status Run();

  const SearchState& state() const { return state_; }
  // After Run() has succeeded.
  Verdict verdict() const;

 private:
  absl::Status SearchAll();
  absl::Status SearchAxis(Axis axis);
  absl::Status Finish();
  absl::Status RunOne(std::size_t trial);
  bool HasTimeFor(loadgen::Duration cost) const;
  // Of the default and one other in turn.
  loadgen::Duration RoundCost(loadgen::Duration other) const;
  bool IsTried(const Settings& settings) const;
  int CountUntried(Axis first) const;

  const Parts parts_;
  const Goal goal_;
  const loadgen::Duration budget_;
  const loadgen::TimePoint start_;
  loadgen::Duration longest_{};
  // The shortest run of each trial: only the first may have to measure batch
  // times when its server starts.
  std::vector<loadgen::Duration> costs_;
  Machine machine_;
  SearchState state_;
};

}  // namespace wanwu::tuning
