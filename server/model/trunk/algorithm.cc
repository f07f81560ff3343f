#include "server/model/trunk/algorithm.h"

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

std::string AlgorithmChoice::Text() const {
  return alone == together ? NameOf(alone)
                           : NameOf(alone) + ", in batches " + NameOf(together);
}

}  // namespace wanwu::model::trunk
