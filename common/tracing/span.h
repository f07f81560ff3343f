#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wanwu::tracing {

// Which trace, and which span of it. All zeros: none.
struct SpanReference {
  uint64_t trace_high = 0;
  uint64_t trace_low = 0;
  uint64_t span = 0;

  bool valid() const { return (trace_high | trace_low) != 0 && span != 0; }
  bool operator==(const SpanReference&) const = default;
};

// As in OTLP.
enum class SpanKind { kInternal = 1, kServer = 2, kClient = 3 };

struct Attribute {
  using Value = std::variant<std::string, int64_t, double, bool>;
  std::string key;
  Value value;
};

// Something that took time, as it is told once it has ended.
struct Span {
  SpanReference self;
  // 0: it is the first of its trace.
  uint64_t parent = 0;
  std::string trace_state = {};
  SpanKind kind = SpanKind::kInternal;
  std::string name;
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end;
  std::vector<Attribute> attributes = {};
  std::vector<SpanReference> links = {};
  // Whether it failed, by its own fault, and how.
  bool failed = false;
  std::string message = {};
};

}  // namespace wanwu::tracing
