#include "client/tuning/candidates.h"

#include <algorithm>

namespace wanwu::tuning {
namespace {

using std::chrono::microseconds;

constexpr const char* kPrecisions[] = {"int8", "bf16", "fp32"};
constexpr int kBatchSizes[] = {1, 2, 4, 8, 16, 32};
constexpr microseconds kDelays[] = {microseconds(0), microseconds(500),
                                    microseconds(1000), microseconds(2000),
                                    microseconds(5000)};
constexpr int kMostIntraOpThreads = 64;

void AddPrecisions(const Machine& machine, std::vector<Settings>& list,
                   Settings settings) {
  for (const char* precision : kPrecisions) {
    if (precision == machine.automatic_precision) continue;
    settings.precision = precision;
    list.push_back(settings);
  }
}

// The CPUs divided into lanes of 1, 2, 4 … threads, and of one thread each
// half as many lanes, one less, and half as many again.
void AddThreads(const Machine& machine, std::vector<Settings>& list,
                Settings settings) {
  const int cpus = machine.cpus;
  settings.lanes = 0;
  settings.intra_op_threads = 1;
  list.push_back(settings);
  const auto add = [&](int lanes, int threads) {
    // That is what 0 lanes mean.
    if (lanes < 1 || (lanes == cpus && threads == 1)) return;
    settings.lanes = lanes;
    settings.intra_op_threads = threads;
    if (std::find(list.begin(), list.end(), settings) == list.end()) {
      list.push_back(settings);
    }
  };
  for (int threads = 2; threads <= std::min(cpus, kMostIntraOpThreads);
       threads *= 2) {
    add(cpus / threads, threads);
  }
  add(cpus - 1, 1);
  add(cpus / 2, 1);
  add(cpus + (cpus + 1) / 2, 1);
}

}  // namespace

std::vector<Settings> Candidates(Axis axis, const Settings& from,
                                 const Machine& machine) {
  std::vector<Settings> list;
  Settings settings = from;
  switch (axis) {
    case Axis::kPrecision:
      AddPrecisions(machine, list, from);
      break;
    case Axis::kThreads:
      AddThreads(machine, list, from);
      break;
    case Axis::kBatchSize:
      for (const int size : kBatchSizes) {
        settings.max_batch_size = size;
        // Alone, a picture has nobody to wait for.
        if (size == 1) settings.max_queue_delay = microseconds(0);
        list.push_back(settings);
        settings.max_queue_delay = from.max_queue_delay;
      }
      break;
    case Axis::kQueueDelay:
      if (from.max_batch_size == 1) break;
      for (const microseconds delay : kDelays) {
        settings.max_queue_delay = delay;
        list.push_back(settings);
      }
      break;
  }
  std::erase(list, from);
  return list;
}

}  // namespace wanwu::tuning
