#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <system_error>

#include "server/image/preprocess_files.h"

namespace {

constexpr int kSomeRefused = 1;
constexpr int kUsageError = 2;

struct Flags {
  wanwu::image::PreprocessRequest request;
  std::string output_dir;
  bool apply_exif_orientation = true;
  std::string jpeg_decode = "exact";
  bool strict_images = false;
};

void Describe(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", "wanwu-preprocess " WANWU_VERSION);
  app.add_option("FILE", flags.request.files,
                 "pictures: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC")
      ->required();
  app.add_option("--output_dir", flags.output_dir,
                 "where each FILE's tensor goes, as FILE's name + .npy; made "
                 "if it is not there")
      ->required();
  app.add_option("--apply_exif_orientation", flags.apply_exif_orientation,
                 "turn pictures as their EXIF orientation says")
      ->capture_default_str();
  app.add_option("--jpeg_decode", flags.jpeg_decode,
                 "exact, or fast: large JPEGs are decoded at a part of their "
                 "size, as wanwu-server does when told so")
      ->check(CLI::IsMember({"exact", "fast"}))
      ->capture_default_str();
  app.add_flag("--strict_images", flags.strict_images,
               "refuse pictures that are damaged in any way");
  app.footer(
      "Each tensor is uint8 [224, 224, 3], RGB, bit for bit what Pillow 9.4 "
      "and "
      "torchvision make.\nA refused picture is reported as FILE: REASON: "
      "message, the rest go on; a damaged one that was written as FILE: "
      "warning: message.\nExit status: 0 all written, 1 some refused, 2 "
      "wrong usage.");
}

int Run(Flags& flags) {
  using wanwu::image::ExifOrientation;
  using wanwu::image::JpegDecode;
  wanwu::image::PreprocessRequest& request = flags.request;
  request.output_dir = flags.output_dir;
  request.options.exif_orientation = flags.apply_exif_orientation
                                         ? ExifOrientation::kApply
                                         : ExifOrientation::kIgnore;
  request.options.jpeg_decode =
      flags.jpeg_decode == "fast" ? JpegDecode::kFast : JpegDecode::kExact;
  if (flags.strict_images) {
    request.options.damaged = wanwu::image::DamagedPictures::kRefuse;
  }
  if (const auto status = wanwu::image::CheckOutputNames(request.files);
      !status.ok()) {
    std::cerr << "wanwu-preprocess: " << status.message() << "\n";
    return kUsageError;
  }
  std::error_code error;
  std::filesystem::create_directories(request.output_dir, error);
  if (error) {
    std::cerr << "wanwu-preprocess: cannot make " << flags.output_dir << ": "
              << error.message() << "\n";
    return kUsageError;
  }
  const int refused = wanwu::image::PreprocessFiles(request, std::cerr);
  return refused == 0 ? 0 : kSomeRefused;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes the tensor that a picture becomes.", "wanwu-preprocess");
  Flags flags;
  Describe(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream problem;
    if (app.exit(error, std::cout, problem) == 0) return 0;
    std::cerr << "wanwu-preprocess: " << problem.str();
    return kUsageError;
  }
  return Run(flags);
}
