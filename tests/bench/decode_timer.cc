// Times the decoding of pictures: for each file name on standard input, a line
// with the milliseconds that turning it into a tensor took, the reading of the
// file left out; "refused" for a picture that is refused. The argument "fast"
// stands for --jpeg_decode=fast. Scripts of this folder ask it.

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "server/image/decode.h"

namespace {

std::vector<uint8_t> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  const wanwu::image::TensorSpec spec;
  wanwu::image::DecodeOptions options;
  if (argc > 1 && std::string(argv[1]) == "fast") {
    options.jpeg_decode = wanwu::image::JpegDecode::kFast;
  }
  std::string path;
  while (std::getline(std::cin, path)) {
    const std::vector<uint8_t> bytes = ReadFile(path);
    const auto begin = Clock::now();
    const auto tensor = wanwu::image::DecodePicture(
        wanwu::image::ByteChain(bytes), spec, options);
    const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
    if (tensor.ok()) {
      std::cout << took.count() << std::endl;
    } else {
      std::cout << "refused" << std::endl;
    }
  }
}
