#pragma once

namespace wanwu::model {

// What a model's logits are made into.
enum class Scores {
  // One class of many: probabilities that sum to 1.
  kSoftmax,
  // Any number of classes at once: each logit's sigmoid.
  kSigmoid,
};

}  // namespace wanwu::model
