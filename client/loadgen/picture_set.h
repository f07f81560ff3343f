#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wanwu::loadgen {

enum class PictureOrder { kRoundRobin, kRandom };

// Encoded pictures, and which comes next. Thread-safe.
class PictureSet {
 public:
  // At least one.
  PictureSet(std::vector<std::string> pictures, PictureOrder order,
             std::uint64_t seed);

  // Stays valid as long as this object.
  const std::string& Next();

  std::size_t size() const { return pictures_.size(); }
  double MeanBytes() const;

 private:
  const std::vector<std::string> pictures_;
  const PictureOrder order_;
  const std::uint64_t seed_;
  std::atomic<std::uint64_t> next_ = 0;
};

// Whether these are the first bytes of a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF
// or HEIC.
bool LooksLikePicture(std::string_view bytes);

}  // namespace wanwu::loadgen
