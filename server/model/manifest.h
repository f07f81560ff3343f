#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/image/pixel_tensor.h"
#include "server/model/precision.h"
#include "server/model/scores.h"

namespace wanwu::model {

// Where a model's weights come from.
struct WeightsSource {
  std::string weights;
  std::string sha256;
  std::string licence;
};

// How a picture becomes the model's input:
// value = (byte / divisor - mean[c]) / std[c], channels in the order R, G, B.
struct InputSpec {
  image::TensorSpec tensor;
  float divisor = 255;
  std::array<float, 3> mean = {};
  std::array<float, 3> std = {1, 1, 1};
};

// A file of the package, directly in its folder.
struct PackageFile {
  std::string file;
  // 64 lower-case hexadecimal digits.
  std::string sha256;
};

// How the int8 model's uint8 input is quantised:
// byte = clamp(round(value / scale) + zero_point, 0, 255).
struct InputQuantisation {
  double scale = 1;
  int zero_point = 0;
};

struct PrecisionEntry {
  PackageFile model;
  // Set for int8, and only for it.
  std::optional<InputQuantisation> input_quantisation;
};

// Fractions of 1.
struct Accuracy {
  // Both absent if the pictures had no labels.
  std::optional<double> top1 = std::nullopt;
  std::optional<double> top5 = std::nullopt;
  // The same first class as fp32. 1 for fp32 itself.
  double agreement = 1;
  // How it was measured. May be empty.
  std::string method = {};
};

// What the export measured.
struct Measured {
  // Which pictures, and how many.
  std::string set;
  int images = 0;
  std::map<Precision, Accuracy> accuracy;
};

// What manifest.json of a model package states.
struct Manifest {
  std::string name;
  int64_t version = 0;
  std::string architecture;
  // False if the weights are random.
  bool trained = false;
  std::string created;
  WeightsSource source;
  InputSpec input;
  Scores scores = Scores::kSoftmax;
  PackageFile labels;
  int labels_count = 0;
  // At least one. bf16 is here whenever fp32 is: it is made of the same file.
  std::map<Precision, PrecisionEntry> precisions;
  std::optional<Measured> measured;
  std::vector<std::string> notes;
};

// The text of `directory`/manifest.json. NOT_FOUND; INVALID_ARGUMENT if it is
// too large to be one.
absl::StatusOr<std::string> ReadManifestText(
    const std::filesystem::path& directory);

// Reads `directory`/manifest.json. Fields and precisions that this build does
// not know are ignored. Errors name the file and the field: NOT_FOUND,
// INVALID_ARGUMENT.
absl::StatusOr<Manifest> ReadManifest(const std::filesystem::path& directory);

// True for 1 to 64 letters, digits, '_', '-' and '.', not beginning with '.'.
bool IsModelName(std::string_view name);

// A positive decimal number of at most 18 digits, without leading zeros.
std::optional<int64_t> ParseModelVersion(std::string_view text);

}  // namespace wanwu::model
