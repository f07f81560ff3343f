// An answer's classes out of the model's logits.

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "server/model/top_k.h"

namespace wanwu::model {
namespace {

void TopKOfAThousand(benchmark::State& state) {
  std::mt19937 random(5);
  std::normal_distribution<float> logit(0.0F, 3.0F);
  std::vector<float> logits(1000);
  for (float& value : logits) value = logit(random);
  for (auto _ : state) {
    benchmark::DoNotOptimize(TopK(logits, static_cast<int>(state.range(0))));
  }
}

BENCHMARK(TopKOfAThousand)->Arg(1)->Arg(5)->Arg(1000);

}  // namespace
}  // namespace wanwu::model
