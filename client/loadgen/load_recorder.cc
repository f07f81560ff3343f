#include "client/loadgen/load_recorder.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/lib/rpc_error.h"

namespace wanwu::loadgen {
namespace {

Duration From(const google::protobuf::Duration& duration) {
  return std::chrono::seconds(duration.seconds()) +
         std::chrono::nanoseconds(duration.nanos());
}

void AddTimings(Tally& tally, const v1::Timings& timings) {
  ++tally.batch_sizes[timings.batch_size()];
  tally.stages.decode.Add(From(timings.decode()));
  tally.stages.queue.Add(From(timings.queue()));
  tally.stages.inference.Add(From(timings.inference()));
  tally.stages.total.Add(From(timings.total()));
}

}  // namespace

void LoadRecorder::Begin(const Mark& mark) {
  const std::lock_guard lock(mu_);
  tallies_.clear();
  tallies_.push_back({.from = mark, .to = {TimePoint::max()}});
  began_ = window_from_ = mark.at;
}

Window LoadRecorder::CloseWindow(TimePoint now) {
  const std::lock_guard lock(mu_);
  const Window window = WindowUntil(now);
  window_from_ = now;
  window_failed_ = 0;
  window_latency_ = LatencyHistogram();
  return window;
}

void LoadRecorder::Split(const Mark& mark, std::size_t keep) {
  const std::lock_guard lock(mu_);
  tallies_.back().to = mark;
  while (tallies_.size() > keep) tallies_.pop_front();
  tallies_.push_back({.from = mark, .to = {TimePoint::max()}});
}

void LoadRecorder::End(const Mark& mark, Duration shortest) {
  const std::lock_guard lock(mu_);
  if (tallies_.empty()) return;
  tallies_.back().to = mark;
  if (tallies_.size() > 1 && mark.at - tallies_.back().from.at < shortest) {
    tallies_.pop_back();
  }
}

void LoadRecorder::AddSent(TimePoint scheduled, TimePoint sent) {
  const std::lock_guard lock(mu_);
  Tally* tally = At(scheduled);
  if (tally == nullptr) return;
  ++tally->sent;
  tally->lateness.Add(sent - scheduled);
}

void LoadRecorder::AddShed(TimePoint scheduled) {
  const std::lock_guard lock(mu_);
  if (Tally* tally = At(scheduled)) ++tally->shed;
}

void LoadRecorder::AddAnswer(
    const RequestTimes& times,
    const absl::StatusOr<v1::ClassifyResponse>& answer) {
  const bool good = answer.ok();
  // Taken apart without the lock.
  const client::RpcError error =
      good ? client::RpcError() : client::DescribeError(answer.status());
  const Duration latency = times.done - times.scheduled;
  const std::lock_guard lock(mu_);
  if (Tally* tally = At(times.done)) {
    if (good) {
      ++tally->arrived;
      if (!deadline_ || latency <= *deadline_) ++tally->arrived_in_time;
      window_latency_.Add(latency);
    } else {
      ++window_failed_;
    }
  }
  Tally* tally = At(times.scheduled);
  if (tally == nullptr) return;
  if (good) return AddGood(*tally, times, *answer);
  ++tally->failed;
  ++tally->errors[{error.code, error.reason}];
}

void LoadRecorder::AddGood(Tally& tally, const RequestTimes& times,
                           const v1::ClassifyResponse& response) {
  ++tally.answered;
  tally.latency.Add(times.done - times.scheduled);
  if (response.has_timings()) AddTimings(tally, response.timings());
  if (!tally.model.empty()) return;
  tally.model =
      absl::StrCat(response.model(), " version ", response.model_version(),
                   ", ", response.precision());
}

Tally LoadRecorder::Total(std::size_t last) const {
  const std::lock_guard lock(mu_);
  if (tallies_.empty()) return {};
  const std::size_t skipped = tallies_.size() - std::min(last, tallies_.size());
  Tally total = tallies_[skipped];
  for (std::size_t i = skipped + 1; i < tallies_.size(); ++i) {
    total.Append(tallies_[i]);
  }
  return total;
}

Window LoadRecorder::Peek(TimePoint now) const {
  const std::lock_guard lock(mu_);
  return tallies_.empty() ? Window() : WindowUntil(now);
}

Tally* LoadRecorder::At(TimePoint time) {
  for (auto tally = tallies_.rbegin(); tally != tallies_.rend(); ++tally) {
    if (time >= tally->from.at) return time < tally->to.at ? &*tally : nullptr;
  }
  return nullptr;
}

Window LoadRecorder::WindowUntil(TimePoint now) const {
  return {.from = window_from_ - began_,
          .length = now - window_from_,
          .answered = window_latency_.Count(),
          .failed = window_failed_,
          .p50 = window_latency_.Quantile(0.5),
          .p95 = window_latency_.Quantile(0.95),
          .p99 = window_latency_.Quantile(0.99)};
}

}  // namespace wanwu::loadgen
