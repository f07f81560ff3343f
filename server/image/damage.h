#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wanwu::image {

// What can be wrong with a picture that has its pixels all the same. In the
// order in which callers are told.
enum class Damage {
  kMissingData,
  kCorruptData,
  kRestartMarkers,
  kScanParameters,
  kChecksums,
  kStrayBytes,
  kSegmentLength,
  kEmptyPicture,
  kUnknownVersion,
  kNoEnd,
  kAfterPicture,
};
inline constexpr auto kDamageKinds =
    static_cast<size_t>(Damage::kAfterPicture) + 1;

// What was wrong with one picture. Plain numbers: callbacks of the C libraries
// add to it.
class DamageTally {
 public:
  void Add(Damage kind, int64_t amount = 1) {
    amounts_[static_cast<size_t>(kind)] += amount;
  }

  bool any() const {
    return std::any_of(amounts_.begin(), amounts_.end(),
                       [](int64_t amount) { return amount > 0; });
  }

  bool Has(Damage kind) const {
    return amounts_[static_cast<size_t>(kind)] > 0;
  }

  // For people; none for a sound picture, at most kMostWarnings.
  std::vector<std::string> Warnings() const;

 private:
  // Bytes or occurrences, by kind.
  std::array<int64_t, kDamageKinds> amounts_{};
};

inline constexpr size_t kMostWarnings = 8;

}  // namespace wanwu::image
