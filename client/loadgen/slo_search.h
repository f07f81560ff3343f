#pragma once

#include <optional>

namespace wanwu::loadgen {

// Finds the highest rate that holds an objective, by bisection: the rate is
// raised or lowered in steps until one holds and one does not, then halved
// between them. It ends when these are within kPrecision, or after kMaxRuns.
class SloSearch {
 public:
  static constexpr int kMaxRuns = 16;
  static constexpr double kPrecision = 0.05;
  static constexpr double kRaise = 1.5;
  static constexpr double kLower = 0.5;

  explicit SloSearch(double first_rate) : next_(first_rate) {}

  // The rate to try; nullopt when the search is over.
  std::optional<double> NextRate() const;

  // What came of trying NextRate().
  void Report(bool held);

  // The highest rate that held; nullopt if none did.
  std::optional<double> best() const { return held_; }

 private:
  double next_;
  int runs_ = 0;
  std::optional<double> held_;
  std::optional<double> broken_;
};

}  // namespace wanwu::loadgen
