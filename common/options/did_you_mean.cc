#include "common/options/did_you_mean.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

#include "absl/strings/ascii.h"

namespace wanwu::options {
namespace {

// Bounds the work on absurdly long words, which resemble no option.
constexpr size_t kLongestWord = 64;

std::string Normalised(std::string_view word) {
  std::string text(word);
  for (char& c : text) {
    c = c == '-' ? '_' : absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return text;
}

// Levenshtein distance. Both words are at most kLongestWord long.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::array<size_t, kLongestWord + 1> row;
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Suggest(std::string_view word,
                    std::span<const std::string> candidates) {
  if (word.size() > kLongestWord) return {};

  const std::string sought = Normalised(word);
  std::string nearest;
  size_t nearest_distance = std::max<size_t>(1, sought.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLongestWord) continue;
    const size_t distance = EditDistance(sought, candidate);
    if (distance >= nearest_distance) continue;
    nearest_distance = distance;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace wanwu::options
