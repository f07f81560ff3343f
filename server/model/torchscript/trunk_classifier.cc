#include "server/model/torchscript/trunk_classifier.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/model/normalised_input.h"
#include "server/model/torchscript/torch_calls.h"
#include "server/model/torchscript/trunk_input.h"
#include "server/model/trunk/algorithm.h"
#include "server/model/trunk/lane_trunk.h"
#include "server/model/trunk/packed_trunk.h"

namespace wanwu::model::torchscript {
namespace {

// What all replicas share. libtorch's executor is thread-safe.
struct TrunkModel {
  trunk::PackedTrunk packed;
  torch::jit::GraphExecutor tail;
  TrunkInput input;
  NormalisedInput normalised;
  image::TensorSpec spec;
  int class_count = 0;
  OperatorCount operators;
};

class TrunkReplica final : public Replica {
 public:
  explicit TrunkReplica(TrunkModel& model)
      : model_(model), trunk_(model.packed) {}

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    const absl::Status status =
        CheckBatch(batch, logits,
                   {.spec = model_.spec,
                    .value_bytes = model_.normalised.value_bytes(),
                    .class_count = model_.class_count});
    if (!status.ok()) return status;
    return CatchAll([&] { return Run(batch, logits); });
  }

 private:
  absl::Status Run(std::span<const image::PixelTensor* const> batch,
                   std::span<float> logits) {
    const int size = static_cast<int>(batch.size());
    model_.input.Fill(batch, trunk_.Input(size));
    const std::span<float> result = trunk_.Run(size);
    const c10::InferenceMode inference_mode;
    std::vector<c10::IValue> stack = {AsTensor(result, size)};
    model_.tail.run(stack);
    return CopyLogits(stack.front(), size, model_.class_count, logits);
  }

  // Without a copy; pictures' values lie in channels_last layout.
  at::Tensor AsTensor(std::span<float> values, int64_t batch) const {
    const trunk::Trunk& trunk = model_.packed.trunk();
    const trunk::Activation shape = ResultOf(trunk);
    const int64_t channels = shape.channels;
    if (trunk.head.flattens) {
      return at::from_blob(values.data(), {batch, channels}, at::kFloat);
    }
    const int64_t row = channels * shape.width;
    return at::from_blob(values.data(),
                         {batch, channels, shape.height, shape.width},
                         {row * shape.height, 1, row, channels}, at::kFloat);
  }

  TrunkModel& model_;
  trunk::LaneTrunk trunk_;
};

class TrunkClassifier final : public Classifier {
 public:
  explicit TrunkClassifier(TrunkModel model) : model_(std::move(model)) {}

  int class_count() const override { return model_.class_count; }
  image::TensorSpec tensor_spec() const override { return model_.spec; }
  std::string_view engine() const override { return "onednn"; }
  OperatorCount operators() const override { return model_.operators; }
  std::vector<std::string> algorithms() const override {
    if (model_.packed.arithmetic() != trunk::Arithmetic::kFloat32) return {};
    std::vector<std::string> texts;
    for (const trunk::AlgorithmChoice& each : model_.packed.algorithms()) {
      texts.push_back(each.Text());
    }
    return texts;
  }
  void Prepare(image::PixelTensor& picture) const override {
    model_.normalised.Prepare(picture);
  }

  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    return MakeReplica<TrunkReplica>(model_);
  }

 private:
  TrunkModel model_;
};

// What cannot be read fits no layer, so that all are tried.
std::vector<trunk::AlgorithmChoice> ReadAlgorithms(
    std::span<const std::string> texts) {
  std::vector<trunk::AlgorithmChoice> choices;
  for (const std::string& text : texts) {
    const auto choice = trunk::ParseAlgorithmChoice(text);
    if (!choice) return {};
    choices.push_back(*choice);
  }
  return choices;
}

}  // namespace

std::unique_ptr<Classifier> MakeTrunkClassifier(
    SplitGraph network, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, Precision precision,
    int class_count, std::span<const std::string> algorithms) {
  return std::make_unique<TrunkClassifier>(TrunkModel{
      .packed =
          trunk::PackedTrunk(std::move(network.trunk), ArithmeticOf(precision),
                             ReadAlgorithms(algorithms)),
      .tail = torch::jit::GraphExecutor(network.tail, "tail"),
      .input = TrunkInput(input, quantisation, precision),
      .normalised = NormalisedInput(quantisation, precision),
      .spec = input.tensor,
      .class_count = class_count,
      .operators = network.operators});
}

}  // namespace wanwu::model::torchscript
