#include "server/oip/infer_answer.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/errors/service_error.h"
#include "server/model/class_labels.h"
#include "server/model/top_k.h"
#include "server/oip/batch_limit.h"
#include "server/pipeline/served_model.h"

namespace wanwu::oip {
namespace {

using inference::InferTensorContents;
using inference::ModelInferResponse;
using Row = std::vector<float>;
using Rows = std::span<const Row* const>;

// The elements of one output, either way.
class Elements {
 public:
  Elements(InferTensorContents* typed, std::string* raw)
      : typed_(typed), raw_(raw) {}

  void Add(std::span<const float> values) {
    if (typed_ != nullptr) {
      typed_->mutable_fp32_contents()->Add(values.begin(), values.end());
    } else {
      raw_->append(reinterpret_cast<const char*>(values.data()),
                   values.size_bytes());
    }
  }

  void Add(std::string text) {
    if (typed_ != nullptr) {
      typed_->add_bytes_contents(std::move(text));
      return;
    }
    const auto size = static_cast<uint32_t>(text.size());
    raw_->append(reinterpret_cast<const char*>(&size), sizeof(size));
    raw_->append(text);
  }

 private:
  InferTensorContents* typed_;
  std::string* raw_;
};

absl::Status AddValues(const Row& logits, const WantedOutput& wanted,
                       model::Scores scores, Elements& elements) {
  if (wanted.kind == OutputKind::kLogits) {
    absl::Status status = model::CheckLogits(logits);
    if (status.ok()) elements.Add(logits);
    return status;
  }
  const absl::StatusOr<Row> probabilities =
      model::Probabilities(logits, scores);
  if (!probabilities.ok()) return probabilities.status();
  elements.Add(*probabilities);
  return absl::OkStatus();
}

void AddClass(float score, int index, const model::ClassLabels& labels,
              Elements& elements) {
  elements.Add(absl::StrFormat("%f:%d:%s", score, index,
                               labels.Label(index, model::Language::kEnglish)));
}

absl::Status AddClasses(const Row& logits, const WantedOutput& wanted,
                        const model::Package& package, Elements& elements) {
  const model::ClassLabels& labels = package.labels;
  if (wanted.kind == OutputKind::kLogits) {
    const auto best = model::LargestLogits(logits, wanted.classification);
    if (!best.ok()) return best.status();
    for (const int index : *best) {
      AddClass(logits[static_cast<size_t>(index)], index, labels, elements);
    }
    return absl::OkStatus();
  }
  const auto best =
      model::TopK(logits, wanted.classification, package.manifest.scores);
  if (!best.ok()) return best.status();
  for (const model::ScoredClass& scored : *best) {
    AddClass(scored.probability, scored.index, labels, elements);
  }
  return absl::OkStatus();
}

absl::Status AddOutput(const InferPlan& plan, const WantedOutput& wanted,
                       Rows logits, ModelInferResponse& response) {
  const pipeline::ServedModel& served = *plan.model.entry.model;
  const model::Package& package = served.package();
  const bool classes = wanted.classification > 0;
  auto& output = *response.add_outputs();
  output.set_name(std::string(OutputName(wanted.kind)));
  output.set_datatype(classes ? "BYTES" : "FP32");
  output.add_shape(plan.pictures);
  output.add_shape(classes ? wanted.classification : served.class_count());
  Elements elements(plan.raw ? nullptr : output.mutable_contents(),
                    plan.raw ? response.add_raw_output_contents() : nullptr);
  for (const Row* row : logits) {
    absl::Status status =
        classes ? AddClasses(*row, wanted, package, elements)
                : AddValues(*row, wanted, package.manifest.scores, elements);
    if (!status.ok()) {
      return errors::ServiceError(absl::StatusCode::kInternal,
                                  errors::kInferenceFailed,
                                  std::string(status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ModelInferResponse> MakeAnswer(const InferPlan& plan,
                                              const std::string& id,
                                              Rows logits) {
  ModelInferResponse response;
  response.set_model_name(plan.model.name());
  response.set_model_version(absl::StrCat(plan.model.entry.version));
  response.set_id(id);
  for (const WantedOutput& wanted : plan.outputs) {
    absl::Status status = AddOutput(plan, wanted, logits, response);
    if (!status.ok()) return status;
  }
  if (response.ByteSizeLong() <= kMostAnswerBytes) return response;
  return errors::FieldInvalid(
      "classification", "",
      absl::StrCat("the answer would have more than ", kMostAnswerBytes,
                   " bytes; ask for fewer pictures or classes"));
}

}  // namespace wanwu::oip
