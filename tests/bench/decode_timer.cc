// Times the decoding of pictures: for each file name on standard input, a line
// with the milliseconds that turning it into a tensor took, the reading of the
// file left out. "refused" for a picture that is refused. tests/bench/
// pillow_ratio.py asks it.

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

int main() {
  using Clock = std::chrono::steady_clock;
  const wanwu::image::TensorSpec spec;
  const wanwu::image::DecodeOptions options;
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
