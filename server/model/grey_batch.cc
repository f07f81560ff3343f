#include "server/model/grey_batch.h"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/image/pixel_tensor.h"

namespace wanwu::model {
namespace {

constexpr uint8_t kGrey = 128;

image::PixelTensor GreyPicture(const image::TensorSpec& spec) {
  const size_t bytes =
      static_cast<size_t>(spec.width) * static_cast<size_t>(spec.height) * 3;
  return {spec.width, spec.height, std::vector<uint8_t>(bytes, kGrey)};
}

}  // namespace

absl::Status RunGreyBatch(const Classifier& classifier, Replica& replica,
                          int batch) {
  const auto size = static_cast<size_t>(batch);
  const image::PixelTensor picture = GreyPicture(classifier.tensor_spec());
  const std::vector<const image::PixelTensor*> pictures(size, &picture);
  std::vector<float> logits(size *
                            static_cast<size_t>(classifier.class_count()));
  return replica.Classify(pictures, logits);
}

}  // namespace wanwu::model
