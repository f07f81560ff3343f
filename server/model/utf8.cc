#include "server/model/utf8.h"

#include <cstddef>
#include <cstdint>

namespace wanwu::model {
namespace {

// How a sequence that begins with some byte must go on.
struct Sequence {
  size_t length = 0;
  // Bounds of the second byte; later ones are 0x80 … 0xBF.
  uint8_t second_min = 0x80;
  uint8_t second_max = 0xBF;
};

Sequence SequenceOf(uint8_t lead) {
  if (lead < 0x80) return {1};
  if (lead >= 0xC2 && lead <= 0xDF) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  if (lead >= 0xF1 && lead <= 0xF3) return {4};
  return {};
}

bool IsContinuation(uint8_t byte) { return byte >= 0x80 && byte <= 0xBF; }

}  // namespace

bool IsUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = [&](size_t i) {
      return static_cast<uint8_t>(text[at + i]);
    };
    const Sequence sequence = SequenceOf(byte(0));
    if (sequence.length == 0 || text.size() - at < sequence.length) {
      return false;
    }
    if (sequence.length > 1 &&
        (byte(1) < sequence.second_min || byte(1) > sequence.second_max)) {
      return false;
    }
    for (size_t i = 2; i < sequence.length; ++i) {
      if (!IsContinuation(byte(i))) return false;
    }
    at += sequence.length;
  }
  return true;
}

}  // namespace wanwu::model
