#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "server/model/classifier.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"
#include "server/model/torchscript/graph_split.h"

namespace wanwu::model::torchscript {

// Runs a network's trunk on oneDNN and its tail with libtorch. Packs the
// weights for the calling thread's number of threads; `algorithms` is
// LoadOptions'. Throws c10::Error or dnnl::error.
std::unique_ptr<Classifier> MakeTrunkClassifier(
    SplitGraph network, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, Precision precision,
    int class_count, std::span<const std::string> algorithms);

}  // namespace wanwu::model::torchscript
