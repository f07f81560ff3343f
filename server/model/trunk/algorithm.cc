#include "server/model/trunk/algorithm.h"

#include <array>

#include "server/model/trunk/winograd.h"

namespace wanwu::model::trunk {
namespace {

constexpr std::array kAlgorithms = {Algorithm::kDirect, Algorithm::kWinograd2,
                                    Algorithm::kWinograd4};

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

std::optional<AlgorithmChoice> ParseAlgorithmChoice(std::string_view text) {
  for (const Algorithm alone : kAlgorithms) {
    for (const Algorithm together : kAlgorithms) {
      const AlgorithmChoice choice{alone, together};
      if (choice.Text() == text) return choice;
    }
  }
  return std::nullopt;
}

}  // namespace wanwu::model::trunk
