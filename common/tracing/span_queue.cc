#include "common/tracing/span_queue.h"

#include <algorithm>
#include <utility>

namespace wanwu::tracing {

size_t SpanQueue::Add(std::vector<Span> spans) {
  size_t added = 0;
  bool full_batch = false;
  {
    const std::lock_guard lock(mu_);
    const size_t room = closed_ ? 0 : limits_.capacity - spans_.size();
    added = std::min(room, spans.size());
    for (size_t i = 0; i < added; ++i) spans_.push_back(std::move(spans[i]));
    full_batch = spans_.size() >= limits_.batch;
  }
  if (full_batch) filled_.notify_one();
  return spans.size() - added;
}

std::vector<Span> SpanQueue::Take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mu_);
  filled_.wait_for(lock, patience, [this] {
    return closed_ || spans_.size() >= limits_.batch;
  });
  const auto count =
      static_cast<ptrdiff_t>(std::min(limits_.batch, spans_.size()));
  const auto end = spans_.begin() + count;
  std::vector<Span> taken(std::make_move_iterator(spans_.begin()),
                          std::make_move_iterator(end));
  spans_.erase(spans_.begin(), end);
  return taken;
}

void SpanQueue::Close() {
  {
    const std::lock_guard lock(mu_);
    closed_ = true;
  }
  filled_.notify_all();
}

bool SpanQueue::closed() const {
  const std::lock_guard lock(mu_);
  return closed_;
}

size_t SpanQueue::size() const {
  const std::lock_guard lock(mu_);
  return spans_.size();
}

}  // namespace wanwu::tracing
