#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "server/model/classifier.h"
#include "tests/support/gate.h"

namespace wanwu::test_support {

struct FakeClassifierOptions {
  int class_count = 1000;
  // Added to a picture's id: tells the answers of two models apart.
  int class_offset = 0;
};

// The best class of a picture is its id (see pictures.h) plus the offset,
// modulo the class count, so that an answer shows whose it is. Thread-safe.
class FakeClassifier final : public model::Classifier {
 public:
  explicit FakeClassifier(const FakeClassifierOptions& options = {})
      : options_(options) {}

  int class_count() const override { return options_.class_count; }
  image::TensorSpec tensor_spec() const override { return {8, 8, 8}; }
  std::string_view engine() const override { return "fake"; }
  // What callers have normalised is taken for pixels' own values.
  void Prepare(image::PixelTensor& picture) const override;
  absl::StatusOr<std::unique_ptr<model::Replica>> NewReplica() override;

  int ClassOf(int picture) const {
    return (picture + options_.class_offset) % options_.class_count;
  }

  // Every batch passes here before it is worked on.
  Gate& gate() { return gate_; }

  // Every batch with this picture in it fails.
  void FailOn(int picture);

  // The pictures of each batch, in the order in which the batches came.
  std::vector<std::vector<int>> batches() const;

  // Pictures in all batches.
  int pictures_seen() const;

 private:
  class FakeReplica;

  absl::Status Classify(std::span<const image::PixelTensor* const> batch,
                        std::span<float> logits);
  absl::Status Record(const std::vector<int>& pictures);

  const FakeClassifierOptions options_;
  Gate gate_;

  mutable std::mutex mutex_;
  // Guarded by mutex_.
  std::set<int> failing_;
  std::vector<std::vector<int>> batches_;
};

// The class with the largest logit.
int BestClass(std::span<const float> logits);

}  // namespace wanwu::test_support
