#pragma once

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/model/scores.h"

namespace wanwu::model {

struct ScoredClass {
  int index = 0;
  // 0 … 1, as the model's scores are.
  float probability = 0;

  bool operator==(const ScoredClass&) const = default;
};

// The `k` most probable classes, or all if there are fewer, by descending
// probability and then ascending index. A k below 1 gives none. INTERNAL if a
// logit is NaN or +infinity, or if all are -infinity.
absl::StatusOr<std::vector<ScoredClass>> TopK(std::span<const float> logits,
                                              int k,
                                              Scores scores = Scores::kSoftmax);

// INTERNAL as TopK.
[[nodiscard]] absl::Status CheckLogits(std::span<const float> logits);

// The indices of the `k` largest logits, or of all if there are fewer, by
// descending logit and then ascending index. Errors as TopK.
absl::StatusOr<std::vector<int>> LargestLogits(std::span<const float> logits,
                                               int k);

// Those of all, in the classes' order. Errors as TopK.
absl::StatusOr<std::vector<float>> Probabilities(
    std::span<const float> logits, Scores scores = Scores::kSoftmax);

}  // namespace wanwu::model
