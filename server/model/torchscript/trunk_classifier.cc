#include "server/model/torchscript/trunk_classifier.h"

#include <ATen/Functions.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <utility>
#include <variant>
#include <vector>

#include "server/model/input_table.h"
#include "server/model/torchscript/torch_calls.h"
#include "server/model/trunk/lane_trunk.h"
#include "server/model/trunk/packed_trunk.h"

namespace wanwu::model::torchscript {
namespace {

using AnyInputTable =
    std::variant<InputTable<float>, InputTable<Bfloat16>, InputTable<uint8_t>>;

trunk::Arithmetic ArithmeticOf(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return trunk::Arithmetic::kFloat32;
    case Precision::kBf16:
      return trunk::Arithmetic::kBfloat16;
    case Precision::kInt8:
      return trunk::Arithmetic::kInt8;
  }
  return trunk::Arithmetic::kFloat32;
}

AnyInputTable MakeTable(const InputSpec& input,
                        const std::optional<InputQuantisation>& quantisation,
                        Precision precision) {
  if (quantisation) return MakeQuantisedTable(input, *quantisation);
  if (precision == Precision::kBf16) return MakeBfloat16Table(input);
  return MakeFloatTable(input);
}

// What all replicas share. libtorch's executor is thread-safe.
struct TrunkModel {
  trunk::PackedTrunk packed;
  torch::jit::GraphExecutor tail;
  AnyInputTable table;
  image::TensorSpec spec;
  int class_count = 0;
};

class TrunkReplica final : public Replica {
 public:
  explicit TrunkReplica(TrunkModel& model)
      : model_(model), trunk_(model.packed) {}

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    const absl::Status status =
        CheckBatch(batch, logits, model_.spec, model_.class_count);
    if (!status.ok()) return status;
    return CatchAll([&] { return Run(batch, logits); });
  }

 private:
  absl::Status Run(std::span<const image::PixelTensor* const> batch,
                   std::span<float> logits) {
    const int size = static_cast<int>(batch.size());
    std::byte* const input = trunk_.Input(size);
    std::visit(
        [&]<typename Value>(const InputTable<Value>& table) {
          LookUpAll(table, batch, reinterpret_cast<Value*>(input));
        },
        model_.table);
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

  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    std::unique_ptr<Replica> replica;
    const absl::Status status = CatchAll([&] {
      replica = std::make_unique<TrunkReplica>(model_);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return replica;
  }

 private:
  TrunkModel model_;
};

}  // namespace

trunk::Activation InputActivation(
    const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation) {
  trunk::Activation activation{.channels = 3,
                               .height = input.tensor.height,
                               .width = input.tensor.width};
  if (quantisation) {
    activation.affine = {static_cast<float>(quantisation->scale),
                         quantisation->zero_point};
  }
  return activation;
}

std::unique_ptr<Classifier> MakeTrunkClassifier(
    SplitGraph network, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, Precision precision,
    int class_count) {
  return std::make_unique<TrunkClassifier>(TrunkModel{
      .packed =
          trunk::PackedTrunk(std::move(network.trunk), ArithmeticOf(precision)),
      .tail = torch::jit::GraphExecutor(network.tail, "tail"),
      .table = MakeTable(input, quantisation, precision),
      .spec = input.tensor,
      .class_count = class_count});
}

}  // namespace wanwu::model::torchscript
