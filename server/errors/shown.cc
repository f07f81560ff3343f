#include "server/errors/shown.h"

#include <cstddef>

namespace wanwu::errors {

std::string Shown(std::string_view text) {
  constexpr size_t kMost = 100;
  if (text.size() <= kMost) return std::string(text);
  size_t size = kMost;
  const auto continues = [&] {
    return (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80;
  };
  while (size > 0 && continues()) --size;
  return std::string(text.substr(0, size)).append("…");
}

}  // namespace wanwu::errors
