#include "server/model/trunk/algorithm.h"

#include <algorithm>

#include "server/model/trunk/winograd.h"

namespace wanwu::model::trunk {
namespace {

std::string NameOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kDirect:
      return "direct";
    case Algorithm::kWinograd2:
      return "winograd2";
    case Algorithm::kWinograd4:
      return "winograd4";
  }
  return "";
}

}  // namespace

std::vector<Algorithm> AlgorithmsOf(const Layer& layer, Arithmetic arithmetic) {
  if (arithmetic != Arithmetic::kFloat32 || !FitsWinograd(layer)) {
    return {Algorithm::kDirect};
  }
  return {Algorithm::kWinograd4, Algorithm::kWinograd2, Algorithm::kDirect};
}

void AlgorithmChoice::Set(int batch, Algorithm algorithm) {
  for (size_t i = 0; i < kBatches.size(); ++i) {
    if (kBatches[i] >= batch) by_batch_[i] = algorithm;
  }
}

Algorithm AlgorithmChoice::For(int batch) const {
  const auto above = std::upper_bound(kBatches.begin(), kBatches.end(), batch);
  return by_batch_[static_cast<size_t>(above - kBatches.begin()) - 1];
}

bool AlgorithmChoice::Has(Algorithm algorithm) const {
  return std::find(by_batch_.begin(), by_batch_.end(), algorithm) !=
         by_batch_.end();
}

std::string AlgorithmChoice::Text() const {
  std::string text = NameOf(by_batch_[0]);
  for (size_t i = 1; i < kBatches.size(); ++i) {
    if (by_batch_[i] == by_batch_[i - 1]) continue;
    text +=
        ", from " + std::to_string(kBatches[i]) + ' ' + NameOf(by_batch_[i]);
  }
  return text;
}

}  // namespace wanwu::model::trunk
