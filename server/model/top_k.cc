#include "server/model/top_k.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wanwu::model {
namespace {

constexpr float kInfinity = INFINITY;

std::vector<ScoredClass> Softmax(std::span<const float> logits) {
  // Without the largest logit the exponentials could overflow.
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  std::vector<ScoredClass> classes(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    classes[i] = {static_cast<int>(i),
                  static_cast<float>(std::exp(logits[i] - largest) / sum)};
  }
  return classes;
}

std::vector<ScoredClass> Sigmoid(std::span<const float> logits) {
  std::vector<ScoredClass> classes(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    const double logit = logits[i];
    classes[i] = {static_cast<int>(i),
                  static_cast<float>(1 / (1 + std::exp(-logit)))};
  }
  return classes;
}

std::vector<ScoredClass> Score(std::span<const float> logits, Scores scores) {
  return scores == Scores::kSigmoid ? Sigmoid(logits) : Softmax(logits);
}

bool Before(const ScoredClass& a, const ScoredClass& b) {
  if (a.probability != b.probability) return a.probability > b.probability;
  return a.index < b.index;
}

// The first `k` of them by `before`.
template <typename Value, typename Before>
void KeepBest(std::vector<Value>& all, int k, Before before) {
  const auto wanted = std::min(all.size(), static_cast<size_t>(std::max(k, 0)));
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(wanted);
  std::partial_sort(all.begin(), end, all.end(), before);
  all.resize(wanted);
}

}  // namespace

absl::Status CheckLogits(std::span<const float> logits) {
  if (logits.empty()) return absl::InternalError("the model gave no logits");
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!(logits[i] < kInfinity)) {
      return absl::InternalError(absl::StrCat("the model's logit for class ", i,
                                              " is not a finite number"));
    }
  }
  if (*std::max_element(logits.begin(), logits.end()) == -kInfinity) {
    return absl::InternalError("all the model's logits are -infinity");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ScoredClass>> TopK(std::span<const float> logits,
                                              int k, Scores scores) {
  const absl::Status status = CheckLogits(logits);
  if (!status.ok()) return status;
  std::vector<ScoredClass> classes = Score(logits, scores);
  KeepBest(classes, k, Before);
  return classes;
}

absl::StatusOr<std::vector<int>> LargestLogits(std::span<const float> logits,
                                               int k) {
  const absl::Status status = CheckLogits(logits);
  if (!status.ok()) return status;
  std::vector<int> indices(logits.size());
  std::iota(indices.begin(), indices.end(), 0);
  KeepBest(indices, k, [&](int a, int b) {
    const float first = logits[static_cast<size_t>(a)];
    const float second = logits[static_cast<size_t>(b)];
    return first != second ? first > second : a < b;
  });
  return indices;
}

absl::StatusOr<std::vector<float>> Probabilities(std::span<const float> logits,
                                                 Scores scores) {
  const absl::Status status = CheckLogits(logits);
  if (!status.ok()) return status;
  std::vector<float> probabilities;
  probabilities.reserve(logits.size());
  for (const ScoredClass& scored : Score(logits, scores)) {
    probabilities.push_back(scored.probability);
  }
  return probabilities;
}

}  // namespace wanwu::model
