#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wanwu::test {

// Spoils bytes in ways that the seed decides.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::size_t Below(std::size_t limit) {
    return limit == 0 ? 0 : random_() % limit;
  }

  // A few random edits, in which pieces of `words` turn up.
  std::string Mutate(std::string bytes, const std::vector<std::string>& words) {
    for (std::size_t edits = 1 + Below(4); edits > 0; --edits) {
      EditOnce(bytes, words[Below(words.size())]);
    }
    return bytes;
  }

  // `bytes` in a few pieces.
  std::vector<std::string_view> Cut(std::string_view bytes) {
    std::vector<std::size_t> cuts(Below(5));
    for (std::size_t& cut : cuts) cut = Below(bytes.size() + 1);
    std::sort(cuts.begin(), cuts.end());
    cuts.push_back(bytes.size());
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    for (const std::size_t cut : cuts) {
      if (cut > begin) pieces.push_back(bytes.substr(begin, cut - begin));
      begin = cut;
    }
    return pieces;
  }

 private:
  void EditOnce(std::string& bytes, const std::string& word) {
    const std::size_t at = Below(bytes.size());
    switch (Below(6)) {
      case 0:
        bytes.insert(at, 1, static_cast<char>(Below(256)));
        break;
      case 1:
        bytes.erase(at, 1 + Below(4));
        break;
      case 2:
        bytes.insert(at, word);
        break;
      case 3:
        bytes.append(bytes.substr(at));
        break;
      case 4:
        bytes.resize(at);
        break;
      default:
        if (!bytes.empty()) bytes[at] = static_cast<char>(Below(256));
    }
  }

  std::minstd_rand random_;
};

}  // namespace wanwu::test
