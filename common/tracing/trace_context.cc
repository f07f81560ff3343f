#include "common/tracing/trace_context.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace wanwu::tracing {
namespace {

// "00-", 32 digits, "-", 16 digits, "-", 2 digits.
constexpr size_t kLength = 55;
constexpr size_t kLongestState = 512;
constexpr uint64_t kSampled = 1;

// Of lower-case hexadecimal digits only, at most 16.
std::optional<uint64_t> ParseHex(std::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits) {
    if (c >= '0' && c <= '9') {
      value = value << 4 | static_cast<uint64_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      value = value << 4 | static_cast<uint64_t>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

bool HasShape(std::string_view value) {
  if (value.size() < kLength || value[2] != '-' || value[35] != '-' ||
      value[52] != '-') {
    return false;
  }
  const std::optional<uint64_t> version = ParseHex(value.substr(0, 2));
  if (!version.has_value() || *version == 0xff) return false;
  if (value.size() == kLength) return true;
  return *version != 0 && value[kLength] == '-';
}

}  // namespace

std::optional<TraceContext> ParseTraceparent(std::string_view value) {
  if (!HasShape(value)) return std::nullopt;
  const std::optional<uint64_t> high = ParseHex(value.substr(3, 16));
  const std::optional<uint64_t> low = ParseHex(value.substr(19, 16));
  const std::optional<uint64_t> span = ParseHex(value.substr(36, 16));
  const std::optional<uint64_t> flags = ParseHex(value.substr(53, 2));
  if (!high || !low || !span || !flags) return std::nullopt;
  TraceContext context{.caller = {*high, *low, *span},
                       .sampled = (*flags & kSampled) != 0};
  if (!context.caller.valid()) return std::nullopt;
  return context;
}

std::string TraceIdText(const SpanReference& span) {
  return absl::StrCat(absl::Hex(span.trace_high, absl::kZeroPad16),
                      absl::Hex(span.trace_low, absl::kZeroPad16));
}

std::string SpanIdText(uint64_t span) {
  return absl::StrCat(absl::Hex(span, absl::kZeroPad16));
}

std::string FormatTraceparent(const SpanReference& span, bool sampled) {
  return absl::StrCat("00-", TraceIdText(span), "-", SpanIdText(span.span),
                      sampled ? "-01" : "-00");
}

std::string_view KeptTracestate(std::string_view value) {
  const bool visible = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= ' ' && c <= '~') || c == '\t';
  });
  return visible && value.size() <= kLongestState ? value : std::string_view();
}

}  // namespace wanwu::tracing
