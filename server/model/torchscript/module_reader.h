#pragma once

#include <torch/csrc/jit/api/module.h>

#include <string>

namespace wanwu::model::torchscript {

// The TorchScript module whose file's bytes these are, frozen and in eval mode,
// with libtorch set up for serving it. Throws c10::Error.
torch::jit::Module ReadModule(std::string bytes);

}  // namespace wanwu::model::torchscript
