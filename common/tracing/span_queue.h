#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "common/tracing/span.h"

namespace wanwu::tracing {

// Spans that wait to be sent. Whoever adds one never waits: those that find no
// room are dropped. Thread-safe.
class SpanQueue {
 public:
  struct Limits {
    size_t capacity = 4096;
    // Taken at a time, and as soon as so many are there.
    size_t batch = 512;
  };

  explicit SpanQueue(const Limits& limits) : limits_(limits) {}

  // How many found no room: the last ones.
  size_t Add(std::vector<Span> spans);

  // Waits until a batch is full, `patience` is over, or the queue is closed,
  // and takes what is there.
  std::vector<Span> Take(std::chrono::milliseconds patience);

  // Nothing is added any more, and Take() no longer waits.
  void Close();
  bool closed() const;
  size_t size() const;

 private:
  const Limits limits_;
  mutable std::mutex mu_;
  std::condition_variable filled_;
  // Guarded by mu_.
  std::deque<Span> spans_;
  bool closed_ = false;
};

}  // namespace wanwu::tracing
