#include "server/oip/infer_plan.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/errors/shown.h"
#include "server/oip/input_check.h"
#include "server/pipeline/served_model.h"

namespace wanwu::oip {
namespace {

using errors::Shown;
using inference::InferParameter;
using inference::ModelInferRequest;
using Parameters = google::protobuf::Map<std::string, InferParameter>;

absl::Status NoSharedMemory(const std::string& tensor,
                            const Parameters& parameters) {
  if (!parameters.contains("shared_memory_region")) return absl::OkStatus();
  return errors::FieldInvalid(
      "parameters", Shown(tensor),
      absl::StrCat("'", Shown(tensor),
                   "' is in shared memory, which this server does not use"));
}

absl::StatusOr<std::optional<int64_t>> Integer(const Parameters& parameters,
                                               const std::string& name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return std::optional<int64_t>();
  const InferParameter& parameter = found->second;
  switch (parameter.parameter_choice_case()) {
    case InferParameter::kInt64Param:
      return parameter.int64_param();
    case InferParameter::kUint64Param:
      if (parameter.uint64_param() <= INT64_MAX) {
        return static_cast<int64_t>(parameter.uint64_param());
      }
      break;
    default:
      break;
  }
  return errors::FieldInvalid(
      name, "", absl::StrCat("the parameter '", name, "' must be an int64"));
}

absl::StatusOr<WantedOutput> PlanOutput(
    const ModelInferRequest::InferRequestedOutputTensor& output,
    const std::string& model, int class_count) {
  const auto* const kind = std::find_if(
      std::begin(kOutputKinds), std::end(kOutputKinds),
      [&](OutputKind each) { return OutputName(each) == output.name(); });
  if (kind == std::end(kOutputKinds)) {
    return errors::FieldInvalid(
        "outputs", Shown(output.name()),
        absl::StrCat("unexpected inference output '", Shown(output.name()),
                     "' for model '", model, "'"));
  }
  absl::Status status = NoSharedMemory(output.name(), output.parameters());
  if (!status.ok()) return status;
  const auto count = Integer(output.parameters(), "classification");
  if (!count.ok()) return count.status();
  const int64_t classes = count->value_or(0);
  if (classes < 0) {
    return errors::FieldInvalid(
        "classification", absl::StrCat(classes),
        "the parameter 'classification' must not be negative");
  }
  return WantedOutput{
      *kind, static_cast<int>(std::min<int64_t>(classes, class_count))};
}

absl::Status PlanOutputs(const ModelInferRequest& fields, int class_count,
                         InferPlan& plan) {
  if (fields.outputs().empty()) {
    for (const OutputKind kind : kOutputKinds) plan.outputs.push_back({kind});
    return absl::OkStatus();
  }
  int64_t strings = 0;
  for (const auto& asked : fields.outputs()) {
    const auto output = PlanOutput(asked, fields.model_name(), class_count);
    if (!output.ok()) return output.status();
    const bool twice = std::any_of(
        plan.outputs.begin(), plan.outputs.end(),
        [&](const WantedOutput& other) { return other.kind == output->kind; });
    if (twice) {
      return errors::FieldInvalid(
          "outputs", asked.name(),
          absl::StrCat("output '", asked.name(), "' is asked for twice"));
    }
    strings += int64_t{plan.pictures} * output->classification;
    plan.outputs.push_back(*output);
  }
  if (strings <= kMostStrings) return absl::OkStatus();
  return errors::FieldInvalid(
      "classification", absl::StrCat(strings),
      absl::StrCat("the answer would have ", strings,
                   " classes in all; the limit is ", kMostStrings),
      absl::StrCat(kMostStrings));
}

absl::Status PlanTimeout(const Parameters& parameters, InferPlan& plan) {
  const auto timeout = Integer(parameters, "timeout");
  if (!timeout.ok()) return timeout.status();
  const int64_t us = timeout->value_or(0);
  if (us < 0) {
    return errors::FieldInvalid("timeout", absl::StrCat(us),
                                "the parameter 'timeout' must not be negative");
  }
  // Of 0, and of more than a year, nobody is told.
  constexpr std::chrono::microseconds kLongest = std::chrono::hours(24 * 365);
  if (us > 0 && us < kLongest.count()) {
    plan.timeout = std::chrono::microseconds(us);
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view OutputName(OutputKind kind) {
  return kind == OutputKind::kLogits ? "logits" : "probabilities";
}

absl::StatusOr<InferPlan> PlanInference(const pipeline::ModelCatalog& catalog,
                                        const BatchLimits& limits,
                                        const InferMessage& message) {
  const ModelInferRequest& fields = message.fields;
  absl::StatusOr<NamedModel> model =
      FindReadyModel(catalog, fields.model_name(), fields.model_version());
  if (!model.ok()) return model.status();
  InferPlan plan{.model = *std::move(model)};
  plan.most_pictures = MostPictures(plan.model, limits);
  absl::Status status;
  for (const auto& input : fields.inputs()) {
    if (status.ok()) status = NoSharedMemory(input.name(), input.parameters());
  }
  if (status.ok()) status = CheckInput(message, plan);
  if (status.ok()) {
    status = PlanOutputs(fields, plan.model.entry.model->class_count(), plan);
  }
  if (status.ok()) status = PlanTimeout(fields.parameters(), plan);
  if (!status.ok()) return status;
  return plan;
}

}  // namespace wanwu::oip
