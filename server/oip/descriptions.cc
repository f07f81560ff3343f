#include "server/oip/descriptions.h"

#include <string>

#include "server/oip/infer_plan.h"
#include "server/pipeline/served_model.h"

namespace wanwu::oip {
namespace {

// Of the specification's list.
constexpr char kPlatform[] = "pytorch_torchscript";

inference::DataType TypeOf(const InputKind& kind) {
  switch (kind.form) {
    case image::PictureForm::kNormalised:
      return inference::TYPE_FP32;
    case image::PictureForm::kPixels:
    case image::PictureForm::kVarintPixels:
      return inference::TYPE_UINT8;
    case image::PictureForm::kEncoded:
      break;
  }
  return inference::TYPE_STRING;
}

inference::ModelInput::Format FormatOf(const InputKind& kind) {
  switch (kind.form) {
    case image::PictureForm::kNormalised:
      return inference::ModelInput::FORMAT_NCHW;
    case image::PictureForm::kPixels:
    case image::PictureForm::kVarintPixels:
      return inference::ModelInput::FORMAT_NHWC;
    case image::PictureForm::kEncoded:
      break;
  }
  return inference::ModelInput::FORMAT_NONE;
}

}  // namespace

inference::ModelMetadataResponse DescribeTensors(const NamedModel& model) {
  const pipeline::ServedModel& served = *model.entry.model;
  inference::ModelMetadataResponse response;
  response.set_name(model.name());
  response.set_platform(kPlatform);
  auto& input = *response.add_inputs();
  input.set_name(std::string(model.kind->tensor));
  input.set_datatype(std::string(model.kind->datatype));
  input.add_shape(-1);
  for (const int64_t size : DimensionsOf(*model.kind, served.tensor_spec())) {
    input.add_shape(size);
  }
  for (const OutputKind kind : kOutputKinds) {
    auto& output = *response.add_outputs();
    output.set_name(std::string(OutputName(kind)));
    output.set_datatype("FP32");
    output.add_shape(-1);
    output.add_shape(served.class_count());
  }
  return response;
}

inference::ModelConfig DescribeConfig(const NamedModel& model,
                                      int max_batch_size, int lanes) {
  const pipeline::ServedModel& served = *model.entry.model;
  inference::ModelConfig config;
  config.set_name(model.name());
  config.set_platform(kPlatform);
  config.set_backend("wanwu");
  config.set_max_batch_size(max_batch_size);
  auto& input = *config.add_input();
  input.set_name(std::string(model.kind->tensor));
  input.set_data_type(TypeOf(*model.kind));
  input.set_format(FormatOf(*model.kind));
  for (const int64_t size : DimensionsOf(*model.kind, served.tensor_spec())) {
    input.add_dims(size);
  }
  for (const OutputKind kind : kOutputKinds) {
    auto& output = *config.add_output();
    output.set_name(std::string(OutputName(kind)));
    output.set_data_type(inference::TYPE_FP32);
    output.add_dims(served.class_count());
  }
  auto& group = *config.add_instance_group();
  group.set_name("lanes");
  group.set_kind(inference::ModelInstanceGroup::KIND_CPU);
  group.set_count(lanes);
  config.mutable_dynamic_batching()->add_preferred_batch_size(
      served.batch_size());
  return config;
}

}  // namespace wanwu::oip
