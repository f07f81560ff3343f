// How well the probe knows what a picture costs: for each file name on standard
// input, a line with the probe's time and memory beside the thread CPU time of
// the fastest of a few decodings. The constants in decode_time.cc come from
// such lines.

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "server/image/decode.h"
#include "server/image/picture_probe.h"

namespace {

using namespace wanwu::image;

constexpr const char* kKindNames[kDecodeKindCount] = {"jpeg",
                                                      "jpeg-multi-scan",
                                                      "jpeg-arithmetic",
                                                      "png",
                                                      "webp-lossy",
                                                      "webp-lossless",
                                                      "gif",
                                                      "bmp",
                                                      "tiff",
                                                      "avif",
                                                      "heic",
                                                      "pixels",
                                                      "normalised"};

double CpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 +
         static_cast<double>(now.tv_nsec) * 1e-6;
}

// Negative if it is refused.
double DecodeMs(const ByteChain& encoded) {
  constexpr int kRuns = 5;
  double least = 1e9;
  for (int run = 0; run < kRuns; ++run) {
    const double begin = CpuMs();
    if (!DecodePicture(encoded, TensorSpec{}, {}).ok()) return -1;
    least = std::min(least, CpuMs() - begin);
  }
  return least;
}

void Report(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
  const ByteChain encoded(bytes);
  const auto probe = ProbePicture(encoded, TensorSpec{}, {});
  const double actual = probe.ok() ? DecodeMs(encoded) : -1;
  if (actual < 0) {
    std::printf("refused %s\n", path.c_str());
    return;
  }
  const double estimate =
      static_cast<double>(probe->decode_time.count()) * 1e-6;
  std::printf("%-15s %5d x %-5d %8.2f ms, took %8.2f: %4.2f; %6.1f MB  %s\n",
              kKindNames[static_cast<int>(probe->kind)], probe->size.width,
              probe->size.height, estimate, actual, estimate / actual,
              static_cast<double>(probe->decoder_bytes) * 1e-6, path.c_str());
}

}  // namespace

int main() {
  std::string path;
  while (std::getline(std::cin, path)) Report(path);
}
