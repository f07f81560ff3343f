#include "tests/server/model/torch_fixture.h"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "server/model/cpu.h"
#include "server/model/package.h"

namespace wanwu::model {
namespace {

constexpr int kSide = 224;

}  // namespace

std::filesystem::path TestPackages() {
  const char* path = std::getenv("WANWU_TEST_PACKAGES");
  EXPECT_NE(path, nullptr) << "run this test with ctest";
  return path == nullptr ? "" : path;
}

bool CpuRunsBf16() { return DetectCpu().extensions.contains("avx512bw"); }

absl::StatusOr<std::unique_ptr<Classifier>> LoadTestModel(
    const std::string& name, Precision precision, Operators operators) {
  const absl::StatusOr<Package> package =
      LoadPackage(TestPackages() / "models" / name / "1");
  if (!package.ok()) return package.status();
  return LoadTorchClassifier(*package, precision, {.operators = operators});
}

image::PixelTensor PatternPicture(int seed) {
  image::PixelTensor picture{kSide, kSide, {}};
  for (int64_t i = 0; i < int64_t{kSide} * kSide * 3; ++i) {
    const int64_t value =
        i * (2 * seed + 3) + i / kSide * (7 * seed) + 31 * seed;
    picture.values.push_back(static_cast<uint8_t>(value % 256));
  }
  return picture;
}

absl::StatusOr<std::vector<std::vector<float>>> ClassifyPatterns(
    const Classifier& classifier, Replica& replica,
    const std::vector<int>& seeds) {
  std::vector<image::PixelTensor> pictures;
  for (const int seed : seeds) pictures.push_back(PatternPicture(seed));
  std::vector<const image::PixelTensor*> batch;
  for (const image::PixelTensor& picture : pictures) batch.push_back(&picture);
  const auto classes = static_cast<size_t>(classifier.class_count());
  std::vector<float> logits(seeds.size() * classes);
  const absl::Status status = replica.Classify(batch, logits);
  if (!status.ok()) return status;
  std::vector<std::vector<float>> rows;
  for (size_t i = 0; i < seeds.size(); ++i) {
    const float* row = logits.data() + i * classes;
    rows.emplace_back(row, row + classes);
  }
  return rows;
}

std::map<std::pair<std::string, int>, std::vector<float>> ExpectedLogits() {
  std::map<std::pair<std::string, int>, std::vector<float>> expected;
  std::ifstream file(TestPackages() / "expected.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string precision;
    int seed = 0;
    cells >> precision >> seed;
    std::vector<float>& logits = expected[{precision, seed}];
    for (float logit = 0; cells >> logit;) logits.push_back(logit);
  }
  return expected;
}

}  // namespace wanwu::model
