#pragma once

#include <torch/csrc/jit/api/module.h>

#include <memory>
#include <optional>

#include "server/model/classifier.h"
#include "server/model/manifest.h"

namespace wanwu::model::torchscript {

// Runs any module with libtorch's own operators. `module` is frozen. Throws
// c10::Error.
std::unique_ptr<Classifier> MakeScriptClassifier(
    const torch::jit::Module& module, const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation, int class_count);

}  // namespace wanwu::model::torchscript
