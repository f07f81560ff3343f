#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "server/image/pixel_tensor.h"
#include "server/model/classifier.h"
#include "server/model/precision.h"
#include "server/model/torchscript/torch_classifier.h"

namespace wanwu::model {

// Where make_packages.py has written, from the environment variable
// WANWU_TEST_PACKAGES; fails the test that runs if it is not set.
std::filesystem::path TestPackages();

// Whether oneDNN has bfloat16 for this CPU: it has from AVX-512 on.
bool CpuRunsBf16();

// Loads OUTPUT_DIR/models/<name>/1.
absl::StatusOr<std::unique_ptr<Classifier>> LoadTestModel(
    const std::string& name, Precision precision = Precision::kFp32,
    Operators operators = Operators::kOwn);

// A pattern of 224 × 224 that differs by seed: picture() of make_packages.py.
image::PixelTensor PatternPicture(int seed);

// The logits of a batch of patterns, a row per seed.
absl::StatusOr<std::vector<std::vector<float>>> ClassifyPatterns(
    const Classifier& classifier, Replica& replica,
    const std::vector<int>& seeds);

// PyTorch's logits of tiny, by precision's name and seed.
std::map<std::pair<std::string, int>, std::vector<float>> ExpectedLogits();

}  // namespace wanwu::model
