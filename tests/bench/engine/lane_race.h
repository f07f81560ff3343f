#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace wanwu::bench {

// Runs one batch and returns how many pictures that were.
using RunOnce = std::function<int()>;

// Something to be measured on all lanes at once.
struct Contender {
  std::string name;
  // Called once on each lane's thread.
  std::function<RunOnce()> make;
};

struct RacePlan {
  int lanes = 1;
  int rounds = 5;
  // Of each contender in each round, after a fifth of it as warm-up.
  std::chrono::duration<double> heat{1};
};

// Pictures per second of each contender by round. All lanes run one contender
// at a time; contenders take turns, so that drift of the machine hits all.
// Throws what a contender throws.
std::vector<std::vector<double>> Race(const std::vector<Contender>& contenders,
                                      const RacePlan& plan);

double Median(std::vector<double> values);

}  // namespace wanwu::bench
