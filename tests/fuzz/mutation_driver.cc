// FORMAT ROUNDS: spoils sound pictures of the format so often, always the same
// way, and gives each to the fuzz target. A stand-in for libFuzzer where the
// compiler has none: it finds what lies near.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "tests/fuzz/fuzz_seeds.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

// What CTest takes for a test that was not run: no encoder made a seed.
constexpr int kSkipped = 77;

constexpr uint8_t kTelling[] = {0, 1, 2, 0x7F, 0x80, 0xFE, 0xFF};

// Most changes go to the first bytes, which say what the rest is.
size_t Place(std::mt19937& random, size_t size) {
  constexpr size_t kHeadBytes = 256;
  const bool is_head = random() % 2 == 0;
  return random() % (is_head ? std::min(size, kHeadBytes) : size);
}

void Spoil(std::mt19937& random, Bytes& bytes) {
  const size_t at = Place(random, bytes.size());
  switch (random() % 5) {
    case 0:
      bytes[at] = static_cast<uint8_t>(random());
      return;
    case 1:
      bytes[at] ^= static_cast<uint8_t>(1u << random() % 8);
      return;
    case 2:
      for (size_t i = at; i < std::min(bytes.size(), at + 4); ++i) {
        bytes[i] = kTelling[random() % std::size(kTelling)];
      }
      return;
    case 3: {  // A part again, elsewhere.
      const size_t from = Place(random, bytes.size());
      const size_t count = std::min(
          {size_t{random() % 32}, bytes.size() - at, bytes.size() - from});
      std::copy_n(bytes.begin() + static_cast<long>(from), count,
                  bytes.begin() + static_cast<long>(at));
      return;
    }
    default:
      if (random() % 4 == 0) bytes.resize(std::max<size_t>(at, 1));
      return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s FORMAT ROUNDS\n", argv[0]);
    return 2;
  }
  const std::vector<Bytes> seeds = wanwu::fuzz::SeedsOf(argv[1]);
  const long rounds = std::atol(argv[2]);
  std::mt19937 random(20261128);
  long inputs = 0;
  for (const Bytes& seed : seeds) {
    if (seed.empty()) continue;
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (long round = 0; round < rounds; ++round, ++inputs) {
      Bytes spoiled = seed;
      const size_t changes = 1 + random() % 6;
      for (size_t i = 0; i < changes; ++i) Spoil(random, spoiled);
      // Exactly so long, for a sanitizer to see a read past its end.
      spoiled.shrink_to_fit();
      LLVMFuzzerTestOneInput(spoiled.data(), spoiled.size());
    }
  }
  std::printf("%s: %ld spoiled pictures\n", argv[1], inputs);
  if (seeds.empty()) return 2;  // No such format.
  return inputs > 0 ? 0 : kSkipped;
}
