#include "server/model/torchscript/script_classifier.h"

#include <ATen/ops/_empty_affine_quantized.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <utility>
#include <variant>
#include <vector>

#include "server/model/input_table.h"
#include "server/model/torchscript/torch_calls.h"

namespace wanwu::model::torchscript {
namespace {

// The tensor that pictures are looked up into: float or quantised, in
// channels_last layout, which is the pictures' own.
class InputBuffer {
 public:
  InputBuffer(const InputSpec& input,
              const std::optional<InputQuantisation>& quantisation)
      : tensor_spec_(input.tensor), quantisation_(quantisation) {
    if (quantisation) {
      table_ = MakeQuantisedTable(input, *quantisation);
    } else {
      table_ = MakeFloatTable(input);
    }
  }

  // A view of the buffer, valid until the next call.
  at::Tensor Fill(std::span<const image::PixelTensor* const> batch) {
    const auto pictures = static_cast<int64_t>(batch.size());
    if (!buffer_.defined() || buffer_.size(0) < pictures) Allocate(pictures);
    std::visit(
        [&]<typename Value>(const InputTable<Value>& table) {
          LookUpAll(table, batch, static_cast<Value*>(buffer_.data_ptr()));
        },
        table_);
    return buffer_.narrow(0, 0, pictures);
  }

 private:
  void Allocate(int64_t pictures) {
    const std::vector<int64_t> sizes = {pictures, 3, tensor_spec_.height,
                                        tensor_spec_.width};
    constexpr at::MemoryFormat kLayout = at::MemoryFormat::ChannelsLast;
    if (quantisation_) {
      buffer_ =
          at::_empty_affine_quantized(sizes, at::kQUInt8, quantisation_->scale,
                                      quantisation_->zero_point, kLayout);
    } else {
      buffer_ = at::empty(sizes, at::kFloat, kLayout);
    }
  }

  const image::TensorSpec tensor_spec_;
  const std::optional<InputQuantisation> quantisation_;
  std::variant<InputTable<float>, InputTable<uint8_t>> table_;
  at::Tensor buffer_;
};

// What all replicas share.
struct ScriptModel {
  torch::jit::Module module;
  InputSpec input;
  std::optional<InputQuantisation> quantisation;
  int class_count = 0;
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
        CheckBatch(batch, logits, model_.input.tensor, model_.class_count);
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

  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    std::unique_ptr<Replica> replica;
    const absl::Status status = CatchAll([&] {
      replica = std::make_unique<ScriptReplica>(model_);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return replica;
  }

 private:
  const ScriptModel model_;
};

}  // namespace

std::unique_ptr<Classifier> MakeScriptClassifier(
    const torch::jit::Module& module, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, int class_count) {
  // Without it convolutions with many groups run eight times slower.
  torch::jit::Module optimised = [&] {
    const c10::InferenceMode inference_mode;
    torch::jit::Module copy = module;
    return torch::jit::optimize_for_inference(copy);
  }();
  return std::make_unique<ScriptClassifier>(
      ScriptModel{std::move(optimised), input, quantisation, class_count});
}

}  // namespace wanwu::model::torchscript
