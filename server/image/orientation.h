#pragma once

namespace wanwu::image {

// Where a picture's first stored row and column belong when it is shown. The
// numbers are EXIF's (tag 0x0112).
enum class Orientation {
  kUpright = 1,
  kMirroredLeftRight = 2,
  kRotated180 = 3,
  kMirroredTopBottom = 4,
  kTransposed = 5,
  kStoredTurnedLeft = 6,  // Shown after a quarter turn to the right.
  kTransversed = 7,
  kStoredTurnedRight = 8,  // Shown after a quarter turn to the left.
};

// kUpright for any value EXIF does not define.
constexpr Orientation OrientationFromTag(int value) {
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value)
                                  : Orientation::kUpright;
}

// Stored rows become shown columns.
constexpr bool SwapsAxes(Orientation orientation) {
  return orientation >= Orientation::kTransposed;
}

// The last stored column is shown first (as a column or, where axes swap, as a
// row).
constexpr bool MirrorsColumns(Orientation orientation) {
  return orientation == Orientation::kMirroredLeftRight ||
         orientation == Orientation::kRotated180 ||
         orientation == Orientation::kTransversed ||
         orientation == Orientation::kStoredTurnedRight;
}

// The last stored row is shown first.
constexpr bool MirrorsRows(Orientation orientation) {
  return orientation == Orientation::kRotated180 ||
         orientation == Orientation::kMirroredTopBottom ||
         orientation == Orientation::kStoredTurnedLeft ||
         orientation == Orientation::kTransversed;
}

}  // namespace wanwu::image
