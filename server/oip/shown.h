#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "google/protobuf/repeated_field.h"

namespace wanwu::oip {

// What an error repeats of a caller's text, since errors travel in headers: cut
// between characters.
inline std::string Shown(std::string_view text) {
  constexpr size_t kMost = 100;
  if (text.size() <= kMost) return std::string(text);
  size_t size = kMost;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return absl::StrCat(std::string(text.substr(0, size)), "…");
}

// "[1,3,224,224]", of many dimensions the first ones.
inline std::string Shown(
    const google::protobuf::RepeatedField<int64_t>& shape) {
  constexpr int kMost = 8;
  std::string text = "[";
  for (int i = 0; i < shape.size() && i < kMost; ++i) {
    absl::StrAppend(&text, i > 0 ? "," : "", shape[i]);
  }
  absl::StrAppend(&text, shape.size() > kMost ? ",…]" : "]");
  return text;
}

}  // namespace wanwu::oip
