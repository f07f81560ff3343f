#include "server/model/torchscript/torch_calls.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"

namespace wanwu::model::torchscript {
namespace {

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

std::string Describe(const c10::IValue& output) {
  if (!output.isTensor()) return output.tagKind();
  const at::Tensor& tensor = output.toTensor();
  std::string sizes;
  for (const int64_t size : tensor.sizes()) {
    absl::StrAppend(&sizes, sizes.empty() ? "" : ", ", size);
  }
  return absl::StrCat(c10::toString(tensor.scalar_type()), " [", sizes, "]");
}

}  // namespace

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

absl::Status CheckBatch(std::span<const image::PixelTensor* const> batch,
                        std::span<const float> logits,
                        const BatchShape& shape) {
  const image::TensorSpec& spec = shape.spec;
  const size_t values =
      static_cast<size_t>(spec.width) * static_cast<size_t>(spec.height) * 3;
  const auto right_size = [&](const image::PixelTensor& picture) {
    return picture.prepared.empty()
               ? picture.values.size() == values
               : picture.prepared.size() == values * shape.value_bytes;
  };
  const bool right_pictures =
      std::all_of(batch.begin(), batch.end(), [&](const auto* picture) {
        return picture->width == spec.width && picture->height == spec.height &&
               right_size(*picture);
      });
  const size_t classes = static_cast<size_t>(shape.class_count);
  if (right_pictures && !batch.empty() &&
      logits.size() == batch.size() * classes) {
    return absl::OkStatus();
  }
  return absl::InternalError(
      "a batch must hold pictures of the model's size, and room for their "
      "logits");
}

absl::Status CopyLogits(const c10::IValue& output, int64_t batch,
                        int class_count, std::span<float> logits) {
  const std::vector<int64_t> expected = {batch, class_count};
  if (!output.isTensor() || output.toTensor().scalar_type() != at::kFloat ||
      output.toTensor().sizes() != at::IntArrayRef(expected)) {
    return absl::InternalError(
        absl::StrCat("the model's output is ", Describe(output),
                     " instead of Float [", batch, ", ", class_count, "]"));
  }
  const at::Tensor rows = output.toTensor().contiguous();
  std::memcpy(logits.data(), rows.data_ptr<float>(), logits.size_bytes());
  return absl::OkStatus();
}

}  // namespace wanwu::model::torchscript
