#include "server/oip/input_check.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/errors/service_error.h"
#include "server/errors/shown.h"
#include "server/pipeline/served_model.h"

namespace wanwu::oip {
namespace {

using errors::Shown;
using image::PictureForm;
using Input = inference::ModelInferRequest::InferInputTensor;

absl::string_view View(std::string_view text) {
  return {text.data(), text.size()};
}

// "[1,3,224,224]", of many dimensions the first ones.
std::string ShownShape(const google::protobuf::RepeatedField<int64_t>& shape) {
  constexpr int kMost = 8;
  std::string text = "[";
  for (int i = 0; i < shape.size() && i < kMost; ++i) {
    absl::StrAppend(&text, i > 0 ? "," : "", shape[i]);
  }
  absl::StrAppend(&text, shape.size() > kMost ? ",…]" : "]");
  return text;
}

absl::Status Wrong(std::string_view field, const std::string& message) {
  return errors::FieldInvalid(field, "", message);
}

absl::Status CheckNames(const InferMessage& message, const NamedModel& model) {
  const auto& inputs = message.fields.inputs();
  const InputKind& kind = *model.kind;
  if (inputs.size() != 1) {
    return Wrong("inputs",
                 absl::StrCat("expected 1 input but got ", inputs.size(),
                              " inputs for model '", model.name(), "'"));
  }
  const Input& input = inputs[0];
  if (input.name() != kind.tensor) {
    return Wrong("inputs", absl::StrCat("unexpected inference input '",
                                        Shown(input.name()), "' for model '",
                                        model.name(), "'; its input is '",
                                        View(kind.tensor), "'"));
  }
  if (input.datatype() != kind.datatype) {
    return Wrong("datatype",
                 absl::StrCat("inference input '", Shown(input.name()),
                              "' data-type is '", Shown(input.datatype()),
                              "', but model '", model.name(), "' expects '",
                              View(kind.datatype), "'"));
  }
  return absl::OkStatus();
}

// Each dimension is compared, so that no product can overflow. A batch of files
// may leave out the second.
absl::Status CheckShape(const Input& input, InferPlan& plan) {
  const pipeline::ServedModel& served = *plan.model.entry.model;
  const std::vector<int64_t> rest =
      DimensionsOf(*plan.model.kind, served.tensor_spec());
  const auto& shape = input.shape();
  const bool files = plan.form == PictureForm::kEncoded && shape.size() == 1;
  const bool right =
      !shape.empty() && (files || std::equal(shape.begin() + 1, shape.end(),
                                             rest.begin(), rest.end()));
  if (!right) {
    return Wrong(
        "shape",
        absl::StrCat("unexpected shape for input '", Shown(input.name()),
                     "' for model '", plan.model.name(), "'. Expected [-1,",
                     absl::StrJoin(rest, ","), "], got ", ShownShape(shape)));
  }
  const int64_t most = plan.most_pictures;
  if (shape[0] < 1 || shape[0] > most) {
    return errors::FieldInvalid(
        "shape", absl::StrCat(shape[0]),
        absl::StrCat("inference request batch-size must be 1 to ", most,
                     " for '", plan.model.name(), "', not ", shape[0]),
        absl::StrCat(most));
  }
  plan.pictures = static_cast<int>(shape[0]);
  return absl::OkStatus();
}

ContentsField WantedField(PictureForm form) {
  switch (form) {
    case PictureForm::kEncoded:
      return ContentsField::kBytes;
    case PictureForm::kNormalised:
      return ContentsField::kFp32;
    case PictureForm::kPixels:
    case PictureForm::kVarintPixels:
      break;
  }
  return ContentsField::kUint;
}

const char* FieldName(ContentsField field) {
  switch (field) {
    case ContentsField::kBytes:
      return "bytes_contents";
    case ContentsField::kFp32:
      return "fp32_contents";
    default:
      return "uint_contents";
  }
}

absl::Status TakePlaces(const InferMessage& message, const Input& input,
                        InferPlan& plan) {
  const InputContents& contents = message.contents.front();
  plan.raw = !message.raw.empty();
  if (plan.raw && contents.present) {
    return Wrong("contents",
                 absl::StrCat("contents field must not be specified when using "
                              "raw_input_contents for '",
                              Shown(input.name()), "' for model '",
                              plan.model.name(), "'"));
  }
  if (plan.raw && message.raw.size() != 1) {
    return Wrong("raw_input_contents",
                 absl::StrCat("expected 1 element of raw_input_contents, one "
                              "for each input, got ",
                              message.raw.size()));
  }
  if (plan.raw) {
    plan.places = message.raw;
    return absl::OkStatus();
  }
  const ContentsField wanted = WantedField(plan.form);
  if (contents.field != wanted) {
    return Wrong("contents",
                 absl::StrCat("input '", Shown(input.name()), "' for model '",
                              plan.model.name(), "' must be in ",
                              FieldName(wanted), " or raw_input_contents"));
  }
  plan.places = contents.places;
  if (plan.form == PictureForm::kPixels) plan.form = PictureForm::kVarintPixels;
  return absl::OkStatus();
}

absl::Status CheckLength(const Input& input, const InferPlan& plan) {
  const auto pictures = static_cast<size_t>(plan.pictures);
  size_t bytes = 0;
  for (const rpc::BytePlace& place : plan.places) bytes += place.size;
  if (plan.form == PictureForm::kEncoded) {
    if (plan.raw || plan.places.size() == pictures) return absl::OkStatus();
    return Wrong(
        "contents",
        absl::StrCat("expected ", pictures, " elements for input '",
                     Shown(input.name()), "', got ", plan.places.size()));
  }
  const bool whole = std::all_of(
      plan.places.begin(), plan.places.end(), [&](const auto& place) {
        return plan.form != PictureForm::kNormalised ||
               place.size % sizeof(float) == 0;
      });
  const size_t wanted =
      pictures *
      image::BytesOf(plan.form, plan.model.entry.model->tensor_spec());
  const bool longer = image::MayBeLonger(plan.form);
  if (whole && (longer ? bytes >= wanted : bytes == wanted)) {
    return absl::OkStatus();
  }
  return Wrong("contents",
               absl::StrCat("unexpected total byte size ", bytes,
                            " for input '", Shown(input.name()),
                            "', expecting ", wanted, longer ? " or more" : ""));
}

}  // namespace

absl::Status CheckInput(const InferMessage& message, InferPlan& plan) {
  plan.form = plan.model.kind->form;
  absl::Status status = CheckNames(message, plan.model);
  if (!status.ok()) return status;
  const Input& input = message.fields.inputs(0);
  status = CheckShape(input, plan);
  if (status.ok()) status = TakePlaces(message, input, plan);
  if (status.ok()) status = CheckLength(input, plan);
  return status;
}

}  // namespace wanwu::oip
