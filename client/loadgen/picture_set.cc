#include "client/loadgen/picture_set.h"

#include <utility>

namespace wanwu::loadgen {
namespace {

// SplitMix64: a well mixed word for each number, without a state to lock.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

PictureSet::PictureSet(std::vector<std::string> pictures, PictureOrder order,
                       std::uint64_t seed)
    : pictures_(std::move(pictures)), order_(order), seed_(Mix(seed)) {}

const std::string& PictureSet::Next() {
  const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  const std::uint64_t pick =
      order_ == PictureOrder::kRandom ? Mix(seed_ + number) : number;
  return pictures_[pick % pictures_.size()];
}

double PictureSet::MeanBytes() const {
  double sum = 0;
  for (const std::string& picture : pictures_) {
    sum += static_cast<double>(picture.size());
  }
  return sum / static_cast<double>(pictures_.size());
}

bool LooksLikePicture(std::string_view bytes) {
  using namespace std::string_view_literals;
  return bytes.starts_with("\xff\xd8\xff"sv) ||
         bytes.starts_with("\x89PNG\r\n\x1a\n"sv) ||
         (bytes.starts_with("RIFF"sv) && bytes.substr(0, 12).ends_with("WEBP"));
}

}  // namespace wanwu::loadgen
