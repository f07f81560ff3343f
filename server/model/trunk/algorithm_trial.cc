#include "server/model/trunk/algorithm_trial.h"

#include <algorithm>
#include <ctime>
#include <variant>

#include "server/model/trunk/aligned_buffer.h"
#include "server/model/trunk/layer_descs.h"

namespace wanwu::model::trunk {
namespace {

using std::chrono::nanoseconds;

// The first one comes to pages that nobody has touched yet.
constexpr int kRuns = 2;
// Stands for all batches of more than one picture. With so many it hardly
// matters any more where weights come from.
constexpr int kTogether = 4;
// What is slower than this times the fastest is not run again.
constexpr int kHopeless = 2;
// Of those that take at most this times what the fastest takes, the one with
// the fewest weights is taken.
constexpr double kAsGood = 1.1;

// Of the thread, so that others on its CPU do not count.
nanoseconds CpuTime() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

// An activation of a batch, of numbers like those of pictures.
AlignedBuffer MakeActivation(const Activation& shape, int batch) {
  const auto size = static_cast<size_t>(shape.size() * batch);
  AlignedBuffer buffer = AllocateAligned(size * sizeof(float));
  std::fill_n(reinterpret_cast<float*>(buffer.get()), size, 0.5F);
  return buffer;
}

bool SameShape(const Activation& left, const Activation& right) {
  return left.channels == right.channels && left.height == right.height &&
         left.width == right.width;
}

}  // namespace

bool AlgorithmTrial::Alike(const Layer& left, const Layer& right) const {
  const auto& one = std::get<Convolution>(left.kind);
  const auto& other = std::get<Convolution>(right.kind);
  return one.kernel == other.kernel && one.stride == other.stride &&
         one.dilation == other.dilation &&
         SameShape(trunk_.activations[left.source],
                   trunk_.activations[right.source]) &&
         SameShape(trunk_.activations[left.target],
                   trunk_.activations[right.target]);
}

std::optional<AlgorithmChoice> AlgorithmTrial::Known(const Layer& layer) const {
  const auto known = std::find_if(
      tried_.begin(), tried_.end(),
      [&](const Tried& tried) { return Alike(tried.layer, layer); });
  return known == tried_.end() ? std::nullopt : std::optional(known->choice);
}

AlgorithmChoice AlgorithmTrial::Try(const Layer& layer,
                                    const Parameters& parameters) {
  const nanoseconds start = CpuTime();
  const std::vector<Algorithm> algorithms = AlgorithmsOf(layer, arithmetic_);
  AlgorithmChoice choice{algorithms.front(), algorithms.front()};
  if (taken_ < kBudget) {
    choice = {Best(algorithms, layer, 1, parameters),
              Best(algorithms, layer, kTogether, parameters)};
  }
  taken_ += CpuTime() - start;
  tried_.push_back({layer, choice});
  return choice;
}

Algorithm AlgorithmTrial::Best(const std::vector<Algorithm>& algorithms,
                               const Layer& layer, int batch,
                               const Parameters& parameters) {
  const AlignedBuffer source =
      MakeActivation(trunk_.activations[layer.source], batch);
  const AlignedBuffer target =
      MakeActivation(trunk_.activations[layer.target], batch);
  dnnl::stream stream(CpuEngine());
  std::vector<nanoseconds> times;
  nanoseconds least = nanoseconds::max() / kHopeless;
  for (const Algorithm algorithm : algorithms) {
    const AlignedBuffer scratch =
        AllocateAligned(ScratchBytes(trunk_, layer, algorithm, batch));
    const Step step = ConvolutionStep(
        trunk_, layer, arithmetic_, algorithm, batch, parameters,
        {source.get(), target.get(), scratch.get()});
    times.push_back(nanoseconds::max());
    for (int run = 0; run < kRuns; ++run) {
      if (batch < kTogether) LeaveCaches();
      const nanoseconds start = CpuTime();
      step(stream);
      stream.wait();
      times.back() = std::min(times.back(), CpuTime() - start);
      if (times.back() > kHopeless * least) break;
    }
    least = std::min(least, times.back());
  }
  size_t chosen = algorithms.size() - 1;
  while (times[chosen] > kAsGood * least) --chosen;
  return algorithms[chosen];
}

void AlgorithmTrial::LeaveCaches() {
  constexpr size_t kCacheLine = 64;
  other_.resize(kOtherBytes);
  const volatile std::byte* const bytes = other_.data();
  for (size_t i = 0; i < kOtherBytes; i += kCacheLine) {
    static_cast<void>(bytes[i]);
  }
}

}  // namespace wanwu::model::trunk
