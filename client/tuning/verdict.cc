#include "client/tuning/verdict.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace wanwu::tuning {
namespace {

using Figure = std::function<double(const Measurement&)>;

// Higher is better.
Figure FigureOf(const Goal& goal) {
  if (goal.aim == Aim::kThroughput) {
    return [](const Measurement& run) { return run.rate; };
  }
  return [](const Measurement& run) {
    return run.p99_ms > 0 ? 1e3 / run.p99_ms : 0;
  };
}

// The same for the CPU time of an answer.
double CpuFigure(const Measurement& run) {
  const double cost = run.cpu_ms_per_answer.value_or(0);
  return cost > 0 ? 1e3 / cost : 0;
}

std::vector<double> Sorted(const Trial& trial, const Figure& figure) {
  std::vector<double> values;
  for (const Measurement& run : trial.runs) values.push_back(figure(run));
  std::sort(values.begin(), values.end());
  return values;
}

double Median(const std::vector<double>& sorted) {
  const std::size_t middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle]
                                : (sorted[middle - 1] + sorted[middle]) / 2;
}

struct Comparison {
  double gain = 0;
  double spread = 0;
};

Comparison Compare(const Trial& by_default, const Trial& best,
                   const Figure& figure) {
  const auto spread = [](const std::vector<double>& sorted) {
    const double median = Median(sorted);
    return median > 0 ? (sorted.back() - sorted.front()) / median : 0;
  };
  const std::vector<double> before = Sorted(by_default, figure);
  const std::vector<double> after = Sorted(best, figure);
  const double reference = Median(before);
  return {.gain = reference > 0 ? Median(after) / reference - 1 : 0,
          .spread = std::max(spread(before), spread(after))};
}

bool MeetsMostly(const Goal& goal, const Trial& trial) {
  const auto met = std::count_if(
      trial.runs.begin(), trial.runs.end(),
      [&goal](const Measurement& run) { return Meets(goal, run); });
  return 2 * static_cast<std::size_t>(met) > trial.runs.size();
}

Verdict::Choice Choose(const Goal& goal, const Trial& by_default,
                       const Trial& best, const Comparison& figures) {
  const bool best_meets = MeetsMostly(goal, best);
  const bool default_meets = MeetsMostly(goal, by_default);
  if (!best_meets && !default_meets) return Verdict::Choice::kNone;
  if (!best_meets) return Verdict::Choice::kDefault;
  if (!default_meets || figures.gain > figures.spread) {
    return Verdict::Choice::kBest;
  }
  if (goal.aim == Aim::kThroughput || figures.gain < -figures.spread) {
    return Verdict::Choice::kDefault;
  }
  const Comparison cpu = Compare(by_default, best, CpuFigure);
  return cpu.gain > cpu.spread ? Verdict::Choice::kBest
                               : Verdict::Choice::kDefault;
}

}  // namespace

Verdict Judge(const Goal& goal, const Trial& by_default, const Trial& best) {
  const Figure figure = FigureOf(goal);
  const Comparison figures = Compare(by_default, best, figure);
  Verdict verdict{.gain = figures.gain, .spread = figures.spread};
  verdict.choice = Choose(goal, by_default, best, figures);
  if (best.settings == by_default.settings &&
      verdict.choice == Verdict::Choice::kBest) {
    verdict.choice = Verdict::Choice::kDefault;
  }
  const double first = figure(by_default.runs.front());
  if (first > 0) verdict.drift = figure(by_default.runs.back()) / first - 1;
  return verdict;
}

Measurement MedianRun(const Goal& goal, const Trial& trial) {
  const Figure figure = FigureOf(goal);
  std::vector<Measurement> runs = trial.runs;
  const auto middle =
      runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
  std::nth_element(runs.begin(), middle, runs.end(),
                   [&figure](const Measurement& a, const Measurement& b) {
                     return figure(a) < figure(b);
                   });
  return *middle;
}

}  // namespace wanwu::tuning
