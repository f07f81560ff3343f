#include "gateway/http/request_id.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"

namespace wanwu::gateway {
namespace {

constexpr std::size_t kLongestId = 128;

bool IsVisible(char c) { return c > ' ' && c < 0x7f; }

bool IsLowerHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool IsHexId(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsLowerHex) &&
         text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

std::string RequestIdFor(std::string_view sent) {
  if (!sent.empty() && sent.size() <= kLongestId &&
      std::all_of(sent.begin(), sent.end(), IsVisible)) {
    return std::string(sent);
  }
  thread_local std::mt19937_64 random{std::random_device{}()};
  return absl::StrCat(absl::Hex(random(), absl::kZeroPad16),
                      absl::Hex(random(), absl::kZeroPad16));
}

bool IsTraceparent(std::string_view value) {
  return value.size() == 55 && value.starts_with("00-") && value[35] == '-' &&
         value[52] == '-' && IsHexId(value.substr(3, 32)) &&
         IsHexId(value.substr(36, 16)) && IsLowerHex(value[53]) &&
         IsLowerHex(value[54]);
}

}  // namespace wanwu::gateway
