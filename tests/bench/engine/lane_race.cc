#include "tests/bench/engine/lane_race.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

#include "server/model/torchscript/torch_classifier.h"

namespace wanwu::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kWarmUpShare = 0.2;

// What the lanes of one heat share.
struct Heat {
  std::atomic<bool> counting = false;
  std::atomic<bool> over = false;
  std::mutex mutex;
  // Guarded by mutex: pictures per second, summed over the lanes.
  double rate = 0;
};

// One lane's pictures in whole batches and the time that these took.
class Count {
 public:
  void Add(int pictures, Clock::time_point start, Clock::time_point end) {
    pictures_ += pictures;
    busy_ += end - start;
  }
  double rate() const { return pictures_ / busy_.count(); }

 private:
  double pictures_ = 0;
  std::chrono::duration<double> busy_{0};
};

class Lanes {
 public:
  Lanes(const std::vector<Contender>& contenders, const RacePlan& plan)
      : contenders_(contenders), plan_(plan), gate_(plan.lanes + 1) {
    for (int i = 0; i < plan.lanes; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
    gate_.arrive_and_wait();
  }

  std::vector<std::vector<double>> Race() {
    std::vector<std::vector<double>> rates(contenders_.size());
    for (int round = 0; round < plan_.rounds && error_ == nullptr; ++round) {
      for (size_t i = 0; i < contenders_.size(); ++i) {
        rates[i].push_back(RunHeat(i));
      }
    }
    current_ = contenders_.size();
    gate_.arrive_and_wait();
    for (std::thread& thread : threads_) thread.join();
    if (error_ != nullptr) std::rethrow_exception(error_);
    return rates;
  }

 private:
  double RunHeat(size_t contender) {
    current_ = contender;
    heat_.over = false;
    heat_.rate = 0;
    gate_.arrive_and_wait();
    std::this_thread::sleep_for(plan_.heat * kWarmUpShare);
    heat_.counting = true;
    std::this_thread::sleep_for(plan_.heat);
    heat_.counting = false;
    heat_.over = true;
    gate_.arrive_and_wait();
    return heat_.rate;
  }

  // Batches that begin while the heat counts, one of them at least.
  void RunUntilOver(const RunOnce& run) {
    Count count;
    bool counted = false;
    while (!heat_.over || !counted) {
      const bool counts = heat_.counting || heat_.over;
      const Clock::time_point start = Clock::now();
      const int pictures = run();
      if (counts) count.Add(pictures, start, Clock::now());
      counted = counted || counts;
    }
    const std::lock_guard lock(heat_.mutex);
    heat_.rate += count.rate();
  }

  void Work() {
    model::PrepareLaneThread(1);
    std::vector<RunOnce> runs;
    try {
      for (const Contender& contender : contenders_) {
        runs.push_back(contender.make());
        runs.back()();
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      error_ = std::current_exception();
    }
    gate_.arrive_and_wait();
    for (;;) {
      gate_.arrive_and_wait();
      if (current_ == contenders_.size()) return;
      RunUntilOver(runs[current_]);
      gate_.arrive_and_wait();
    }
  }

  const std::vector<Contender>& contenders_;
  const RacePlan plan_;
  std::barrier<> gate_;
  std::mutex mutex_;
  std::exception_ptr error_;
  // Written between two gates only.
  size_t current_ = 0;
  Heat heat_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::vector<std::vector<double>> Race(const std::vector<Contender>& contenders,
                                      const RacePlan& plan) {
  return Lanes(contenders, plan).Race();
}

double Median(std::vector<double> values) {
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace wanwu::bench
