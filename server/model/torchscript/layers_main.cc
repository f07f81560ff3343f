// wanwu-layers: how far our own layers are from libtorch's, layer by layer.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "server/image/decode.h"
#include "server/model/package.h"
#include "server/model/torchscript/layer_comparison.h"

namespace {

using wanwu::model::LayerComparison;
using wanwu::model::LayerDifference;
using wanwu::model::Package;
using wanwu::model::Precision;

absl::StatusOr<wanwu::image::PixelTensor> ReadPicture(
    const std::string& path, const wanwu::image::TensorSpec& spec) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
  return wanwu::image::DecodePicture(wanwu::image::ByteChain(bytes), spec, {});
}

void Print(const LayerComparison& comparison) {
  std::printf("%d of %d operators run as own layers\n\n",
              comparison.operators.own, comparison.operators.all);
  std::printf("%-24s %-16s %12s %12s %9s %12s  %s\n", "layer", "shape",
              "reference", "difference", "share", "largest", "computed");
  for (const LayerDifference& layer : comparison.layers) {
    const std::string shape = std::to_string(layer.channels) + "x" +
                              std::to_string(layer.height) + "x" +
                              std::to_string(layer.width);
    std::printf("%-24s %-16s %12.4g %12.4g %8.3f%% %12.4g  %s\n",
                layer.name.c_str(), shape.c_str(), layer.reference_rms,
                layer.difference_rms,
                100 * layer.difference_rms / layer.reference_rms,
                layer.largest_difference, layer.algorithms.c_str());
  }
}

absl::Status Run(const std::string& directory, Precision precision,
                 const std::string& picture_file) {
  const absl::StatusOr<Package> package = wanwu::model::LoadPackage(directory);
  if (!package.ok()) return package.status();
  const auto picture =
      ReadPicture(picture_file, package->manifest.input.tensor);
  if (!picture.ok()) return picture.status();
  const auto comparison =
      wanwu::model::CompareLayers(*package, precision, *picture);
  if (!comparison.ok()) return comparison.status();
  Print(*comparison);
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  std::string directory;
  std::string picture;
  Precision precision = Precision::kFp32;
  CLI::App app(
      "Shows how much of a network Wanwu's own layers run, and layer by layer "
      "how far they are from libtorch's "
      "operators for a picture: root mean squares of libtorch's values and of "
      "the differences, their ratio, the largest difference, and how a "
      "convolution is computed, by batch size.");
  app.set_version_flag("--version", "wanwu-layers " WANWU_VERSION);
  app.add_option("PACKAGE", directory, "a package: models/NAME/VERSION")
      ->required();
  app.add_option("PICTURE", picture, "Any that the server reads")->required();
  app.add_option("--precision", precision, "fp32, bf16 or int8")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Precision>{{"fp32", Precision::kFp32},
                                           {"bf16", Precision::kBf16},
                                           {"int8", Precision::kInt8}}));
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(directory, precision, picture);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "wanwu-layers: " << status.message() << '\n';
  return EXIT_FAILURE;
}
