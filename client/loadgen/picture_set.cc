#include "client/loadgen/picture_set.h"

#include <utility>

namespace wanwu::loadgen {
namespace {

using namespace std::string_view_literals;

// SplitMix64: a well mixed word for each number, without a state to lock.
std::uint64_t Mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// "BM" begins texts, too: what follows are sizes, with zeros at their ends.
bool LooksLikeBmp(std::string_view bytes) {
  return bytes.starts_with("BM"sv) && bytes.size() >= 18 &&
         bytes.substr(6, 4) == "\0\0\0\0"sv &&
         bytes.substr(15, 3) == "\0\0\0"sv;
}

// AVIF or HEIC, by the brand or, where that is the container's, by what it is
// compatible with. Videos begin alike.
bool LooksLikeHeif(std::string_view bytes) {
  if (!bytes.substr(0, 8).ends_with("ftyp"sv)) return false;
  const std::string_view brands = bytes.substr(8, 40);
  for (const std::string_view brand :
       {"avif"sv, "avis"sv, "heic"sv, "heix"sv, "hevc"sv, "mif1"sv}) {
    if (brands.find(brand) != std::string_view::npos) return true;
  }
  return false;
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
  return bytes.starts_with("\xff\xd8\xff"sv) ||
         bytes.starts_with("\x89PNG\r\n\x1a\n"sv) ||
         (bytes.starts_with("RIFF"sv) &&
          bytes.substr(0, 12).ends_with("WEBP")) ||
         bytes.starts_with("GIF8"sv) || LooksLikeBmp(bytes) ||
         bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) ||
         bytes.starts_with("II+\0"sv) || bytes.starts_with("MM\0+"sv) ||
         LooksLikeHeif(bytes);
}

}  // namespace wanwu::loadgen
