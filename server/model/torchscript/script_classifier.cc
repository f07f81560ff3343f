#include "server/model/torchscript/script_classifier.h"

#include <c10/core/InferenceMode.h>

#include <utility>

#include "server/model/normalised_input.h"
#include "server/model/torchscript/graph_split.h"
#include "server/model/torchscript/input_buffer.h"
#include "server/model/torchscript/torch_calls.h"

namespace wanwu::model::torchscript {
namespace {

// What all replicas share.
struct ScriptModel {
  torch::jit::Module module;
  InputSpec input;
  std::optional<InputQuantisation> quantisation;
  NormalisedInput normalised;
  int class_count = 0;
  OperatorCount operators;
};

class ScriptReplica final : public Replica {
 public:
  explicit ScriptReplica(const ScriptModel& model)
      : model_(model),
        forward_(model.module.get_method("forward")),
        input_(model.input, model.quantisation) {}

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    const absl::Status status =
        CheckBatch(batch, logits,
                   {.spec = model_.input.tensor,
                    .value_bytes = model_.normalised.value_bytes(),
                    .class_count = model_.class_count});
    if (!status.ok()) return status;
    return CatchAll([&] {
      const c10::InferenceMode inference_mode;
      return CopyLogits(forward_({input_.Fill(batch)}),
                        static_cast<int64_t>(batch.size()), model_.class_count,
                        logits);
    });
  }

 private:
  const ScriptModel& model_;
  torch::jit::Method forward_;
  InputBuffer input_;
};

class ScriptClassifier final : public Classifier {
 public:
  explicit ScriptClassifier(ScriptModel model) : model_(std::move(model)) {}

  int class_count() const override { return model_.class_count; }
  image::TensorSpec tensor_spec() const override { return model_.input.tensor; }
  std::string_view engine() const override { return "torchscript"; }
  OperatorCount operators() const override { return model_.operators; }
  void Prepare(image::PixelTensor& picture) const override {
    model_.normalised.Prepare(picture);
  }

  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    return MakeReplica<ScriptReplica>(model_);
  }

 private:
  const ScriptModel model_;
};

}  // namespace

std::unique_ptr<Classifier> MakeScriptClassifier(
    const torch::jit::Module& module, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, int class_count) {
  const int operators = CountOperators(*module.get_method("forward").graph());
  // Without it convolutions with many groups run eight times slower.
  torch::jit::Module optimised = [&] {
    const c10::InferenceMode inference_mode;
    torch::jit::Module copy = module;
    return torch::jit::optimize_for_inference(copy);
  }();
  // In bfloat16 only our own layers compute.
  return std::make_unique<ScriptClassifier>(
      ScriptModel{.module = std::move(optimised),
                  .input = input,
                  .quantisation = quantisation,
                  .normalised = NormalisedInput(quantisation, Precision::kFp32),
                  .class_count = class_count,
                  .operators = {.own = 0, .all = operators}});
}

}  // namespace wanwu::model::torchscript
