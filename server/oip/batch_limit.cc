#include "server/oip/batch_limit.h"

#include <algorithm>

#include "server/pipeline/served_model.h"

namespace wanwu::oip {
namespace {

int64_t FitIntoAnswer(int class_count) {
  // Of logits and probabilities; the rest is for names.
  constexpr size_t kBytesOfClass = 2 * sizeof(float);
  const size_t classes = static_cast<size_t>(std::max(class_count, 1));
  return static_cast<int64_t>(kMostAnswerBytes * 3 / 4 /
                              (classes * kBytesOfClass));
}

int64_t FitIntoMessage(size_t message_bytes, size_t picture_bytes) {
  // Names, shape and parameters.
  constexpr size_t kBesideTensor = 1024;
  const size_t room = message_bytes - std::min(message_bytes, kBesideTensor);
  return static_cast<int64_t>(room / picture_bytes);
}

}  // namespace

int MostPictures(const NamedModel& model, const BatchLimits& limits) {
  constexpr int64_t kMost = 64;
  const pipeline::ServedModel& served = *model.entry.model;
  int64_t most =
      std::min({kMost, limits.jobs, FitIntoAnswer(served.class_count())});
  const image::PictureForm form = model.kind->form;
  if (form != image::PictureForm::kEncoded) {
    most = std::min(most,
                    FitIntoMessage(limits.message_bytes,
                                   image::BytesOf(form, served.tensor_spec())));
  }
  return static_cast<int>(std::max<int64_t>(most, 1));
}

}  // namespace wanwu::oip
