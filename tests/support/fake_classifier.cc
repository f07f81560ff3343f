#include "tests/support/fake_classifier.h"

#include <algorithm>

#include "server/model/normalised_input.h"
#include "tests/support/pictures.h"

namespace wanwu::test_support {

class FakeClassifier::FakeReplica final : public model::Replica {
 public:
  explicit FakeReplica(FakeClassifier& classifier) : classifier_(classifier) {}

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits) override {
    return classifier_.Classify(batch, logits);
  }

 private:
  FakeClassifier& classifier_;
};

void FakeClassifier::Prepare(image::PixelTensor& picture) const {
  const model::InputQuantisation none{.scale = 1, .zero_point = 0};
  model::NormalisedInput(none, model::Precision::kInt8).Prepare(picture);
}

absl::StatusOr<std::unique_ptr<model::Replica>> FakeClassifier::NewReplica() {
  return std::make_unique<FakeReplica>(*this);
}

void FakeClassifier::FailOn(int picture) {
  const std::lock_guard lock(mutex_);
  failing_.insert(picture);
}

std::vector<std::vector<int>> FakeClassifier::batches() const {
  const std::lock_guard lock(mutex_);
  return batches_;
}

int FakeClassifier::pictures_seen() const {
  const std::lock_guard lock(mutex_);
  int seen = 0;
  for (const auto& batch : batches_) seen += static_cast<int>(batch.size());
  return seen;
}

absl::Status FakeClassifier::Record(const std::vector<int>& pictures) {
  const std::lock_guard lock(mutex_);
  batches_.push_back(pictures);
  const bool fails =
      std::any_of(pictures.begin(), pictures.end(),
                  [this](int picture) { return failing_.contains(picture); });
  return fails ? absl::InternalError("the fake was told to fail")
               : absl::OkStatus();
}

absl::Status FakeClassifier::Classify(
    std::span<const image::PixelTensor* const> batch, std::span<float> logits) {
  std::vector<int> pictures;
  for (const image::PixelTensor* tensor : batch) {
    pictures.push_back(IdOf(*tensor));
  }
  const absl::Status status = Record(pictures);
  gate_.Pass();
  if (!status.ok()) return status;
  std::fill(logits.begin(), logits.end(), 0.0f);
  const auto classes = static_cast<size_t>(options_.class_count);
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i] < 0) return absl::InternalError("a picture was damaged");
    logits[i * classes + static_cast<size_t>(ClassOf(pictures[i]))] = 10;
  }
  return absl::OkStatus();
}

int BestClass(std::span<const float> logits) {
  return static_cast<int>(std::max_element(logits.begin(), logits.end()) -
                          logits.begin());
}

}  // namespace wanwu::test_support
