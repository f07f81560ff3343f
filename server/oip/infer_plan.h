#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "server/oip/batch_limit.h"
#include "server/oip/infer_message.h"
#include "server/oip/named_model.h"

namespace wanwu::oip {

enum class OutputKind { kLogits, kProbabilities };

std::string_view OutputName(OutputKind kind);
inline constexpr OutputKind kOutputKinds[] = {OutputKind::kLogits,
                                              OutputKind::kProbabilities};

struct WantedOutput {
  OutputKind kind = OutputKind::kLogits;
  // The best so many classes as strings, instead of all values; 0: values.
  int classification = 0;
};

// What a request asks for, once all of it but the pictures themselves was
// checked.
struct InferPlan {
  NamedModel model;
  // How the bytes of each picture are to be read.
  image::PictureForm form = image::PictureForm::kEncoded;
  int pictures = 0;
  int most_pictures = 1;
  // Contents came raw, and are answered so.
  bool raw = false;
  std::vector<WantedOutput> outputs = {};
  // What the request gives itself, from now on.
  std::optional<batching::Clock::Duration> timeout = {};
  // Where its one input's elements are. Of raw BYTES they have their lengths
  // before them.
  std::vector<rpc::BytePlace> places = {};
};

// Strings that one answer may have.
inline constexpr int kMostStrings = 32'768;

// Errors: as FindModel, UNAVAILABLE (MODEL_NOT_READY), INVALID_ARGUMENT
// (FIELD_INVALID) in words that name the input or output.
absl::StatusOr<InferPlan> PlanInference(const pipeline::ModelCatalog& catalog,
                                        const BatchLimits& limits,
                                        const InferMessage& message);

}  // namespace wanwu::oip
