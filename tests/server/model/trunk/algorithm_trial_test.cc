#include "server/model/trunk/algorithm_trial.h"

#include "gtest/gtest.h"
#include "server/model/trunk/packed_trunk.h"
#include "tests/server/model/trunk/networks.h"

namespace wanwu::model::trunk {
namespace {

// Of 32 channels, 32 more, and 64.
Trunk ThreeConvolutions() {
  NetworkBuilder network;
  ValueId x = network.Append(MakeConvolution(32, 32, 3), {kInputValue});
  x = network.Append(MakeConvolution(32, 32, 3), {x});
  x = network.Append(MakeConvolution(32, 64, 3), {x});
  return Fuse(network.operations(), x,
              {.channels = 32, .height = 6, .width = 5})
      .value();
}

TEST(AlgorithmTrialTest, WhatALayerHasIsKnownForThoseOfItsShape) {
  const Trunk trunk = ThreeConvolutions();
  const auto having = [&](Algorithm algorithm) {
    return PackedTrunk(trunk, Arithmetic::kFloat32,
                       Everywhere(trunk, algorithm));
  };
  const PackedTrunk direct = having(Algorithm::kDirect);
  const PackedTrunk small = having(Algorithm::kWinograd2);
  const PackedTrunk large = having(Algorithm::kWinograd4);
  Parameters all = direct.parameters(0);
  all.winograd2 = small.parameters(0).winograd2;
  all.winograd4 = large.parameters(0).winograd4;
  AlgorithmTrial trial(trunk, Arithmetic::kFloat32);
  ASSERT_FALSE(trial.Known(trunk.layers[0]));

  const AlgorithmChoice choice = trial.Try(trunk.layers[0], all);

  EXPECT_EQ(trial.Known(trunk.layers[1]), choice);
  EXPECT_FALSE(trial.Known(trunk.layers[2]));
}

TEST(AlgorithmTrialTest, WhatIsNotTakenIsNotKept) {
  const PackedTrunk packed(ThreeConvolutions(), Arithmetic::kFloat32);

  for (size_t i = 0; i < 3; ++i) {
    const Parameters& kept = packed.parameters(i);
    const AlgorithmChoice& choice = packed.algorithms()[i];
    EXPECT_EQ(!kept.weights.empty(), choice.Has(Algorithm::kDirect));
    EXPECT_EQ(static_cast<bool>(kept.winograd2),
              choice.Has(Algorithm::kWinograd2));
    EXPECT_EQ(static_cast<bool>(kept.winograd4),
              choice.Has(Algorithm::kWinograd4));
  }
}

}  // namespace
}  // namespace wanwu::model::trunk
