#pragma once

#include "client/tuning/goal.h"
#include "client/tuning/trial.h"

namespace wanwu::tuning {

// What the repeated runs of the default and of the best configuration amount
// to.
struct Verdict {
  enum class Choice {
    kBest,
    // The best is no better than the default by more than the spread.
    kDefault,
    // Neither meets the goal.
    kNone,
  };

  Choice choice = Choice::kDefault;
  // Of the best over the default by medians: 0.1 is 10 % more answers per
  // second or a p99 lower by as much.
  double gain = 0;
  // How far runs of one configuration were apart, as a share of their median;
  // the larger of both.
  double spread = 0;
  // The default's last run against its first.
  double drift = 0;
};

// The default must have a run, and `best` too. They may be the same.
Verdict Judge(const Goal& goal, const Trial& by_default, const Trial& best);

// Of the runs, by the figure that the goal is about.
Measurement MedianRun(const Goal& goal, const Trial& trial);

}  // namespace wanwu::tuning
