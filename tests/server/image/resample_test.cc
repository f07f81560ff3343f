#include "server/image/resample.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "server/image/resample_scalar.h"

namespace wanwu::image {
namespace {

using Bytes = std::vector<uint8_t>;

// Each kind of CPU that this one can stand in for.
class ResampleWith : public ::testing::TestWithParam<int64_t> {
 protected:
  ResampleWith() { hwy::SetSupportedTargetsForTest(GetParam()); }
  ~ResampleWith() override { hwy::SetSupportedTargetsForTest(0); }

  int Between(int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random_);
  }

  // Random, or at times all white: the largest sums. A heap block of exactly
  // that size, so that a sanitizer sees a read beyond it.
  std::unique_ptr<uint8_t[]> RandomRow(size_t bytes) {
    std::unique_ptr<uint8_t[]> row(new uint8_t[bytes]);
    const bool white = Between(0, 7) == 0;
    std::generate_n(row.get(), bytes, [&] {
      return static_cast<uint8_t>(white ? 255 : Between(0, 255));
    });
    return row;
  }

  // Shrinks up to a hundredfold, or enlarges, and crops; mirrored or not.
  AxisKernel RandomKernel() {
    AxisGeometry geometry;
    geometry.source_length = Between(1, Between(0, 3) == 0 ? 6000 : 600);
    geometry.resized_length = Between(1, 300);
    geometry.crop_length = Between(1, geometry.resized_length);
    geometry.crop_begin =
        Between(0, geometry.resized_length - geometry.crop_length);
    geometry.direction =
        Between(0, 1) == 0 ? AxisDirection::kForward : AxisDirection::kMirrored;
    return AxisKernel(geometry);
  }

 private:
  std::mt19937 random_{20260401};
};

TEST_P(ResampleWith, AlongARowGivesTheScalarBytes) {
  constexpr int kRounds = 400;
  for (int round = 0; round < kRounds; ++round) {
    const AxisKernel kernel = RandomKernel();
    const int pixels = kernel.source_end() - kernel.source_begin();
    const auto row = RandomRow(static_cast<size_t>(pixels) * 3);
    Bytes expected(static_cast<size_t>(kernel.size()) * 3);
    Bytes actual(expected.size());
    scalar::ResampleAlongRow(kernel, row.get(), expected.data());
    ResampleAlongRow(kernel, row.get(), actual.data());
    ASSERT_EQ(actual, expected)
        << pixels << " pixels to " << kernel.size() << ", at most "
        << kernel.max_taps() << " taps, round " << round;
  }
}

TEST_P(ResampleWith, DownColumnsGivesTheScalarBytes) {
  constexpr int kRounds = 400;
  for (int round = 0; round < kRounds; ++round) {
    const AxisKernel kernel = RandomKernel();
    const AxisKernel::Taps taps = kernel.taps(Between(0, kernel.size() - 1));
    const auto row_bytes = static_cast<size_t>(Between(1, 700));
    std::vector<std::unique_ptr<uint8_t[]>> rows;
    std::vector<const uint8_t*> pointers;
    for (size_t i = 0; i < taps.weights.size(); ++i) {
      rows.push_back(RandomRow(row_bytes));
      pointers.push_back(rows.back().get());
    }
    Bytes expected(row_bytes);
    Bytes actual(row_bytes);
    scalar::ResampleDownColumns({pointers, taps.weights}, expected);
    ResampleDownColumns({pointers, taps.weights}, actual);
    ASSERT_EQ(actual, expected)
        << row_bytes << " bytes, " << rows.size() << " rows, round " << round;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Targets, ResampleWith,
    ::testing::ValuesIn(hwy::SupportedAndGeneratedTargets()),
    [](const auto& param_info) {
      return std::string(hwy::TargetName(param_info.param));
    });

}  // namespace
}  // namespace wanwu::image
