#include "server/rpc/model_description.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/proto_duration.h"

namespace wanwu::rpc {
namespace {

void DescribeInput(const model::InputSpec& from, wanwu::v1::Input& to) {
  to.set_width(from.tensor.width);
  to.set_height(from.tensor.height);
  to.set_resize_shorter_side(from.tensor.resize_shorter_side);
  to.set_divisor(from.divisor);
  to.mutable_mean()->Assign(from.mean.begin(), from.mean.end());
  to.mutable_std()->Assign(from.std.begin(), from.std.end());
}

void DescribeAccuracy(const model::Measured& measured,
                      model::Precision precision, wanwu::v1::Model& to) {
  const auto found = measured.accuracy.find(precision);
  if (found == measured.accuracy.end()) return;
  // That fp32 agrees with itself is not worth telling.
  if (precision == model::Precision::kFp32 && !found->second.top1) return;
  wanwu::v1::Accuracy& accuracy = *to.mutable_accuracy();
  accuracy.set_dataset(measured.set);
  accuracy.set_images(measured.images);
  if (found->second.top1 && found->second.top5) {
    accuracy.set_top1(static_cast<float>(*found->second.top1));
    accuracy.set_top5(static_cast<float>(*found->second.top5));
  }
  accuracy.set_agreement_with_fp32(static_cast<float>(found->second.agreement));
  accuracy.set_method(found->second.method);
}

void DescribeServed(const pipeline::ServedModel& served, wanwu::v1::Model& to) {
  const model::Manifest& manifest = served.package().manifest;
  const model::Precision precision = served.precision().precision;
  to.set_precision(std::string(model::PrecisionName(precision)));
  to.set_precision_reason(served.precision().reason);
  to.set_architecture(manifest.architecture);
  to.set_trained(manifest.trained);
  to.set_weights_source(manifest.source.weights);
  to.set_weights_licence(manifest.source.licence);
  DescribeInput(manifest.input, *to.mutable_input());
  to.set_scores(manifest.scores == model::Scores::kSigmoid
                    ? wanwu::v1::Model::SCORES_SIGMOID
                    : wanwu::v1::Model::SCORES_SOFTMAX);
  to.set_labels_count(served.class_count());
  for (const model::BatchTime& time : served.batch_times()) {
    wanwu::v1::BatchTime& out = *to.add_batch_times();
    out.set_batch_size(time.size);
    *out.mutable_duration() = ToProto(time.duration);
  }
  to.set_batch_size(served.batch_size());
  if (manifest.measured.has_value()) {
    DescribeAccuracy(*manifest.measured, precision, to);
  }
}

}  // namespace

wanwu::v1::Model::State ToProto(pipeline::ModelState state) {
  switch (state) {
    case pipeline::ModelState::kLoading:
      return wanwu::v1::Model::STATE_LOADING;
    case pipeline::ModelState::kReady:
      return wanwu::v1::Model::STATE_READY;
    case pipeline::ModelState::kFailed:
      return wanwu::v1::Model::STATE_FAILED;
  }
  return wanwu::v1::Model::STATE_UNSPECIFIED;
}

wanwu::v1::Model DescribeModel(const pipeline::CatalogEntry& entry) {
  wanwu::v1::Model out;
  out.set_name(entry.name);
  out.set_version(absl::StrCat(entry.version));
  out.set_state(ToProto(entry.state));
  // The log says why; the text may name the server's files.
  if (entry.state == pipeline::ModelState::kFailed) {
    out.set_state_message("could not be loaded; the server's log says why");
  }
  if (entry.state == pipeline::ModelState::kReady && !entry.message.empty()) {
    out.set_state_message(
        "its package in the repository could not be loaded; the server's log "
        "says why");
  }
  if (entry.model != nullptr) DescribeServed(*entry.model, out);
  return out;
}

void DescribeModels(const std::vector<pipeline::CatalogEntry>& entries,
                    google::protobuf::RepeatedPtrField<wanwu::v1::Model>& out) {
  size_t bytes = 0;
  for (const pipeline::CatalogEntry& entry : entries) {
    wanwu::v1::Model& model = *out.Add();
    model = DescribeModel(entry);
    bytes += model.ByteSizeLong();
  }
  if (bytes <= kMaxListBytes) return;
  for (wanwu::v1::Model& model : out) {
    wanwu::v1::Model brief;
    brief.set_name(model.name());
    brief.set_version(model.version());
    brief.set_state(model.state());
    model = std::move(brief);
  }
}

}  // namespace wanwu::rpc
