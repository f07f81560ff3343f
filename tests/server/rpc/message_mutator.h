#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace wanwu::rpc {

struct Mutations {
  size_t most_edits = 4;
  size_t most_cuts = 3;
  // If not 0, half of the edits are within so many bytes from the beginning,
  // where the tags and lengths of a message with a large end are.
  size_t head = 0;
};

// Spoils messages in ways that the seed decides.
class MessageMutator {
 public:
  explicit MessageMutator(unsigned seed, const Mutations& mutations = {})
      : mutations_(mutations), random_(seed) {}

  size_t Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  // A few random edits.
  std::string Mutate(std::string bytes) {
    for (size_t edits = 1 + Below(mutations_.most_edits); edits > 0; --edits) {
      EditOnce(bytes);
    }
    return bytes;
  }

  std::vector<size_t> Cuts(size_t size) {
    std::vector<size_t> cuts(Below(mutations_.most_cuts + 1));
    for (size_t& cut : cuts) cut = Below(size + 1);
    std::sort(cuts.begin(), cuts.end());
    return cuts;
  }

 private:
  size_t Place(size_t size) {
    const bool at_the_head = mutations_.head > 0 && Below(2) == 0;
    return Below(at_the_head ? std::min(size, mutations_.head) : size);
  }

  void EditOnce(std::string& bytes) {
    const size_t at = Place(bytes.size());
    const auto byte = static_cast<char>(Below(256));
    switch (Below(5)) {
      case 0:
        bytes.insert(at, 1, byte);
        break;
      case 1:
        bytes.erase(at, 1 + Below(4));
        break;
      case 2:
        bytes.append(bytes.substr(at));
        break;
      case 3:
        bytes.resize(at);
        break;
      default:
        if (!bytes.empty()) bytes[at] = byte;
    }
  }

  const Mutations mutations_;
  std::minstd_rand random_;
};

}  // namespace wanwu::rpc
