#pragma once

#include <mutex>
#include <utility>
#include <vector>

#include "common/tracing/span_sink.h"

namespace wanwu::test_support {

// Keeps the spans that it is given.
class RecordingSink final : public tracing::SpanSink {
 public:
  void Add(std::vector<tracing::Span> spans) noexcept override {
    const std::lock_guard lock(mutex_);
    for (tracing::Span& span : spans) spans_.push_back(std::move(span));
  }

  tracing::SpanCounts counts() const override { return {}; }

  std::vector<tracing::Span> spans() const {
    const std::lock_guard lock(mutex_);
    return spans_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<tracing::Span> spans_;
};

}  // namespace wanwu::test_support
