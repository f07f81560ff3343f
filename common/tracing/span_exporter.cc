#include "common/tracing/span_exporter.h"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "common/signals/wait_for_stop.h"

namespace wanwu::tracing {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Outcome = SendResult::Outcome;

SpanExporter::SpanExporter(const Options& options, Resource resource,
                           std::unique_ptr<SpanSender> sender,
                           logging::Logger& log)
    : options_(options),
      resource_(std::move(resource)),
      sender_(std::move(sender)),
      log_(log),
      queue_(options.queue),
      thread_([this](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "wanwu-traces");
        Run(stop);
      }) {}

SpanExporter::~SpanExporter() { Stop(); }

void SpanExporter::Add(std::vector<Span> spans) noexcept {
  const auto count = static_cast<int64_t>(spans.size());
  try {
    dropped_ += static_cast<int64_t>(queue_.Add(std::move(spans)));
  } catch (const std::exception&) {
    dropped_ += count;
  }
}

SpanCounts SpanExporter::counts() const {
  return {.exported = exported_.load(), .dropped = dropped_.load()};
}

void SpanExporter::Stop() {
  if (!thread_.joinable()) return;
  stop_deadline_ = steady_clock::now() + options_.stop_timeout;
  thread_.request_stop();
  queue_.Close();
  thread_.join();
}

void SpanExporter::Run(const std::stop_token& stop) {
  while (true) {
    // First, or what was added in between would be left behind.
    const bool last = queue_.closed();
    try {
      const std::vector<Span> spans = queue_.Take(options_.interval);
      if (!spans.empty()) {
        Export(spans, stop);
      } else if (last) {
        return;
      }
    } catch (const std::bad_alloc&) {
      // No spans are worth the process. What was not taken out is still there.
      if (last) return;
    }
  }
}

void SpanExporter::Export(const std::vector<Span>& spans,
                          const std::stop_token& stop) {
  const auto count = static_cast<int64_t>(spans.size());
  SendResult result;
  try {
    const ExportRequest request = EncodeSpans(resource_, spans);
    result = SendPatiently(request, stop);
  } catch (const std::exception& error) {
    result = {.outcome = Outcome::kRefused, .reason = error.what()};
  }
  const bool sent = result.outcome == Outcome::kSent;
  const int64_t lost =
      sent ? std::clamp<int64_t>(result.rejected, 0, count) : count;
  exported_ += count - lost;
  dropped_ += lost;
  if (lost > 0) return NoteFailure(result.reason);
  NoteSuccess();
}

SendResult SpanExporter::SendPatiently(const ExportRequest& request,
                                       const std::stop_token& stop) {
  milliseconds backoff = options_.backoff;
  SendResult result = {.outcome = Outcome::kRetry,
                       .reason = "no time left at the stop"};
  for (int left = options_.tries; left > 0; --left) {
    const milliseconds timeout = TimeLeft(stop);
    if (timeout <= milliseconds(0)) return result;
    result = sender_->Send(request, timeout);
    if (result.outcome != Outcome::kRetry || left == 1) return result;
    NoteFailure(result.reason);
    const milliseconds wait =
        std::max(backoff, std::min(result.wait, options_.longest_wait));
    if (signals::WaitForStop(stop, wait)) return result;
    backoff *= 2;
  }
  return result;
}

milliseconds SpanExporter::TimeLeft(const std::stop_token& stop) const {
  if (!stop.stop_requested()) return options_.send_timeout;
  return std::min(options_.send_timeout,
                  std::chrono::duration_cast<milliseconds>(
                      stop_deadline_ - steady_clock::now()));
}

void SpanExporter::NoteFailure(const std::string& reason) {
  if (failure_told_ || steady_clock::now() < silent_until_) return;
  failure_told_ = true;
  silent_until_ = steady_clock::now() + options_.log_interval;
  log_.Warning("spans_not_exported", {{"reason", reason}});
}

void SpanExporter::NoteSuccess() {
  if (!std::exchange(failure_told_, false)) return;
  log_.Info("spans_exported_again", {{"dropped", dropped_.load()}});
}

}  // namespace wanwu::tracing
