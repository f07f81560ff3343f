#include "server/model/torch_classifier.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/_empty_affine_quantized.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <dnnl.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/profiling_graph_executor_impl.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/model/input_table.h"
#include "server/model/warm_up.h"

namespace wanwu::model {
namespace {

// oneDNN's default of 1024 primitives is about three models at eight batch
// sizes; past it every run would build its primitives anew.
constexpr int kPrimitiveCacheCapacity = 16384;

// A file's bytes as libtorch's reader wants them.
class MemoryReader final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit MemoryReader(std::string bytes) : bytes_(std::move(bytes)) {}

  size_t size() const override { return bytes_.size(); }

  size_t read(uint64_t position, void* buffer, size_t size,
              const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    const size_t taken = std::min(size, bytes_.size() - position);
    std::memcpy(buffer, bytes_.data() + position, taken);
    return taken;
  }

 private:
  const std::string bytes_;
};

// The line of an exception's text that says what went wrong; TorchScript puts a
// traceback before it.
std::string Summary(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const bool has_traceback =
      text.find("Traceback of TorchScript") != std::string_view::npos;
  if (has_traceback) {
    const size_t error = text.rfind("Error: ");
    const size_t from = text.rfind('\n', error);
    if (from != std::string_view::npos) text.remove_prefix(from + 1);
  }
  return std::string(text.substr(0, text.find('\n')));
}

// Runs `action`, which may call libtorch, and makes INTERNAL of what it throws.
absl::Status CatchAll(const std::function<absl::Status()>& action) {
  try {
    return action();
  } catch (const c10::Error& error) {
    return absl::InternalError(Summary(error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InternalError(Summary(error.what()));
  } catch (...) {
    return absl::InternalError("unknown exception");
  }
}

// What libtorch and oneDNN keep once per process.
void PrepareProcess() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Where it is missing fp32 still runs, and loading int8 says what is wrong.
    const auto& engines = at::globalContext().supportedQEngines();
    if (std::find(engines.begin(), engines.end(), at::QEngine::ONEDNN) !=
        engines.end()) {
      at::globalContext().setQEngine(at::QEngine::ONEDNN);
    }
    // The profiling executor compiles in the first and again in the second run
    // of a shape; frozen and optimised modules gain nothing from it.
    torch::jit::getProfilingMode() = false;
    dnnl_set_primitive_cache_capacity(kPrimitiveCacheCapacity);
  });
}

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
    std::visit([&](const auto& table) { LookUpAll(table, batch); }, table_);
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

  template <typename Value>
  void LookUpAll(const InputTable<Value>& table,
                 std::span<const image::PixelTensor* const> batch) {
    auto* values = static_cast<Value*>(buffer_.data_ptr());
    for (const image::PixelTensor* picture : batch) {
      const size_t size = picture->values.size();
      LookUp<Value>(table, picture->values, {values, size});
      values += size;
    }
  }

  const image::TensorSpec tensor_spec_;
  const std::optional<InputQuantisation> quantisation_;
  std::variant<InputTable<float>, InputTable<uint8_t>> table_;
  at::Tensor buffer_;
};

// A loaded module and what is known about its input and output.
struct LoadedModel {
  torch::jit::Module module;
  InputSpec input;
  std::optional<InputQuantisation> quantisation;
  int class_count = 0;
};

class TorchReplica final : public Replica {
 public:
  explicit TorchReplica(const LoadedModel& model)
      : model_(model),
        forward_(model.module.get_method("forward")),
        input_(model.input, model.quantisation) {}

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    const absl::Status status = CheckSizes(batch, logits);
    if (!status.ok()) return status;
    return CatchAll([&] { return Run(batch, logits); });
  }

 private:
  absl::Status CheckSizes(std::span<const image::PixelTensor* const> batch,
                          std::span<const float> logits) const {
    const image::TensorSpec& spec = model_.input.tensor;
    const size_t bytes =
        static_cast<size_t>(spec.width) * static_cast<size_t>(spec.height) * 3;
    const bool right_pictures =
        std::all_of(batch.begin(), batch.end(), [&](const auto* picture) {
          return picture->width == spec.width &&
                 picture->height == spec.height &&
                 picture->values.size() == bytes;
        });
    const size_t classes = static_cast<size_t>(model_.class_count);
    if (right_pictures && !batch.empty() &&
        logits.size() == batch.size() * classes) {
      return absl::OkStatus();
    }
    return absl::InternalError(
        "a batch must hold pictures of the model's size, and room for their "
        "logits");
  }

  absl::Status Run(std::span<const image::PixelTensor* const> batch,
                   std::span<float> logits) {
    const c10::InferenceMode inference_mode;
    const c10::IValue output = forward_({input_.Fill(batch)});
    const std::vector<int64_t> expected = {static_cast<int64_t>(batch.size()),
                                           model_.class_count};
    if (!output.isTensor() || output.toTensor().scalar_type() != at::kFloat ||
        output.toTensor().sizes() != at::IntArrayRef(expected)) {
      return absl::InternalError(absl::StrCat(
          "the model's output is ", Describe(output), " instead of Float [",
          expected[0], ", ", expected[1], "]"));
    }
    const at::Tensor rows = output.toTensor().contiguous();
    std::memcpy(logits.data(), rows.data_ptr<float>(), logits.size_bytes());
    return absl::OkStatus();
  }

  static std::string Describe(const c10::IValue& output) {
    if (!output.isTensor()) return output.tagKind();
    const at::Tensor& tensor = output.toTensor();
    std::string sizes;
    for (const int64_t size : tensor.sizes()) {
      absl::StrAppend(&sizes, sizes.empty() ? "" : ", ", size);
    }
    return absl::StrCat(c10::toString(tensor.scalar_type()), " [", sizes, "]");
  }

  const LoadedModel& model_;
  torch::jit::Method forward_;
  InputBuffer input_;
};

class TorchClassifier final : public Classifier {
 public:
  explicit TorchClassifier(LoadedModel model) : model_(std::move(model)) {}

  int class_count() const override { return model_.class_count; }
  image::TensorSpec tensor_spec() const override { return model_.input.tensor; }

  absl::StatusOr<std::unique_ptr<Replica>> NewReplica() override {
    std::unique_ptr<Replica> replica;
    const absl::Status status = CatchAll([&] {
      replica = std::make_unique<TorchReplica>(model_);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return replica;
  }

 private:
  const LoadedModel model_;
};

torch::jit::Module ReadModule(std::string bytes) {
  const c10::InferenceMode inference_mode;
  torch::jit::Module module = torch::jit::load(
      std::make_shared<MemoryReader>(std::move(bytes)), at::kCPU);
  module.eval();
  // Freezes what is not frozen. Without it convolutions with many groups run
  // eight times slower.
  return torch::jit::optimize_for_inference(module);
}

absl::Status AsLoadError(const Package& package, Precision precision,
                         const absl::Status& cause) {
  const std::filesystem::path path =
      package.directory / package.manifest.precisions.at(precision).model.file;
  return absl::InvalidArgumentError(
      absl::StrCat(path.string(), ": ", std::string(cause.message())));
}

// The first run decides which batch size oneDNN's int8 convolutions keep their
// weights laid out for; one picture is the size that gains most.
absl::Status TryOnePicture(Classifier& classifier) {
  absl::StatusOr<std::unique_ptr<Replica>> replica = classifier.NewReplica();
  if (!replica.ok()) return replica.status();
  return RunGreyBatch(classifier, **replica, 1);
}

}  // namespace

void PrepareLaneThread(int threads) {
  // Else the first parallel work would take over what was last set anywhere.
  at::internal::lazy_init_num_threads();
  at::set_num_threads(threads);
}

absl::StatusOr<std::unique_ptr<Classifier>> LoadTorchClassifier(
    const Package& package, Precision precision) {
  PrepareLaneThread(1);
  absl::StatusOr<std::string> bytes = ReadModelFile(package, precision);
  if (!bytes.ok()) return bytes.status();
  std::unique_ptr<Classifier> classifier;
  absl::Status status = CatchAll([&] {
    PrepareProcess();
    classifier = std::make_unique<TorchClassifier>(LoadedModel{
        ReadModule(*std::move(bytes)), package.manifest.input,
        package.manifest.precisions.at(precision).input_quantisation,
        package.labels.count()});
    return absl::OkStatus();
  });
  if (status.ok()) status = TryOnePicture(*classifier);
  if (!status.ok()) return AsLoadError(package, precision, status);
  return classifier;
}

}  // namespace wanwu::model
