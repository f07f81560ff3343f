#pragma once

#include <cstdint>
#include <vector>

#include "common/tracing/span.h"

namespace wanwu::tracing {

// Since the start.
struct SpanCounts {
  int64_t exported = 0;
  int64_t dropped = 0;
};

// Where spans go that have ended. Thread-safe; nobody ever waits for it.
class SpanSink {
 public:
  virtual void Add(std::vector<Span> spans) noexcept = 0;
  virtual SpanCounts counts() const = 0;

 protected:
  ~SpanSink() = default;
};

}  // namespace wanwu::tracing
