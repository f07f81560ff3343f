#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include "common/logging/logger.h"
#include "common/tracing/otlp_encoding.h"
#include "common/tracing/span_queue.h"
#include "common/tracing/span_sender.h"
#include "common/tracing/span_sink.h"

namespace wanwu::tracing {

// Sends spans on a thread of its own. What finds no room in the queue, what the
// receiver refuses, and what it has not taken after some tries is dropped and
// counted. Two log lines tell when that begins and when it ends.
class SpanExporter final : public SpanSink {
 public:
  struct Options {
    SpanQueue::Limits queue = {};
    // Spans wait at most so long for others to be sent with.
    std::chrono::milliseconds interval{1000};
    // Of one try.
    std::chrono::milliseconds send_timeout{2000};
    int tries = 4;
    // After the first try; then twice that, and so on.
    std::chrono::milliseconds backoff{500};
    // For what is left when the program stops.
    std::chrono::milliseconds stop_timeout{1500};
  };

  // `log` must outlive it.
  SpanExporter(const Options& options, Resource resource,
               std::unique_ptr<SpanSender> sender, logging::Logger& log);
  // Stops.
  ~SpanExporter();
  SpanExporter(const SpanExporter&) = delete;
  SpanExporter& operator=(const SpanExporter&) = delete;

  void Add(std::vector<Span> spans) noexcept override;
  SpanCounts counts() const override;

  // Sends what is left, and takes at most stop_timeout and one send_timeout.
  void Stop();

 private:
  void Run(const std::stop_token& stop);
  void Export(const std::vector<Span>& spans, const std::stop_token& stop);
  SendResult SendPatiently(const ExportRequest& request,
                           const std::stop_token& stop);
  std::chrono::milliseconds TimeLeft(const std::stop_token& stop) const;
  void NoteFailure(const std::string& reason);
  void NoteSuccess();

  const Options options_;
  const Resource resource_;
  const std::unique_ptr<SpanSender> sender_;
  logging::Logger& log_;
  SpanQueue queue_;
  std::atomic<int64_t> exported_{0};
  std::atomic<int64_t> dropped_{0};
  // Of the thread.
  bool failing_ = false;
  // Set before stopping is requested.
  std::chrono::steady_clock::time_point stop_deadline_;
  std::jthread thread_;
};

}  // namespace wanwu::tracing
