#include "gateway/http/request_id.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"

namespace wanwu::gateway {
namespace {

constexpr std::size_t kLongestId = 128;

bool IsVisible(char c) { return c > ' ' && c < 0x7f; }

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

}  // namespace wanwu::gateway
