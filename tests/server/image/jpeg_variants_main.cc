// Writes JPEGs of the kinds that Pillow cannot write, for the parity test:
// jpeg_variants DIR

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include "tests/server/image/sample_pictures.h"

namespace {

using wanwu::image::testing::AdobeMarker;
using wanwu::image::testing::JpegCoding;
using wanwu::image::testing::JpegSample;

JpegSample Sampled(int horizontal, int vertical) {
  return {.width = 301,
          .height = 267,
          .horizontal_sampling = horizontal,
          .vertical_sampling = vertical};
}

JpegSample Colored(J_COLOR_SPACE color, AdobeMarker adobe_marker) {
  return {.width = 291,
          .height = 310,
          .color = color,
          .adobe_marker = adobe_marker};
}

JpegSample Coded(JpegCoding coding, unsigned restart_interval) {
  return {.width = 333,
          .height = 259,
          .coding = coding,
          .horizontal_sampling = 2,
          .vertical_sampling = 2,
          .restart_interval = restart_interval};
}

std::map<std::string, JpegSample> Variants() {
  std::map<std::string, JpegSample> variants = {
      {"ycck_adobe", Colored(JCS_YCCK, AdobeMarker::kDefault)},
      {"cmyk_adobe", Colored(JCS_CMYK, AdobeMarker::kDefault)},
      {"cmyk_plain", Colored(JCS_CMYK, AdobeMarker::kOmit)},
      {"rgb_adobe", Colored(JCS_RGB, AdobeMarker::kDefault)},
      {"rgb_by_component_ids", Colored(JCS_RGB, AdobeMarker::kOmit)},
      {"grey", Colored(JCS_GRAYSCALE, AdobeMarker::kDefault)},
      {"arithmetic", Coded(JpegCoding::kArithmetic, 0)},
      {"arithmetic_restarts", Coded(JpegCoding::kArithmetic, 3)},
      {"separate_scans", Coded(JpegCoding::kSeparateScans, 0)},
      {"baseline_restarts", Coded(JpegCoding::kBaseline, 5)},
      {"progressive_restarts", Coded(JpegCoding::kProgressive, 7)},
  };
  for (const int horizontal : {1, 2, 3, 4}) {
    for (const int vertical : {1, 2, 3, 4}) {
      if (horizontal * vertical > 8) continue;  // Ten blocks to an MCU.
      variants["sampling_" + std::to_string(horizontal) + "x" +
               std::to_string(vertical)] = Sampled(horizontal, vertical);
    }
  }
  JpegSample subsampled_ycck = Colored(JCS_YCCK, AdobeMarker::kDefault);
  subsampled_ycck.horizontal_sampling = 2;
  variants["ycck_subsampled"] = subsampled_ycck;
  for (int side = 1; side <= 17; ++side) {
    JpegSample small = Sampled(2, side % 2 + 1);
    small.width = side;
    small.height = 18 - side;
    variants["small_" + std::to_string(side)] = small;
  }
  return variants;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: jpeg_variants DIR\n";
    return 2;
  }
  for (const auto& [name, sample] : Variants()) {
    const auto bytes = wanwu::image::testing::MakeJpeg(sample);
    std::ofstream file(std::filesystem::path(argv[1]) / (name + ".jpg"),
                       std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file) return 1;
  }
  return 0;
}
