#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

#include "absl/status/statusor.h"
#include "client/loadgen/load_plan.h"
#include "client/loadgen/tally.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::loadgen {

// One request's times.
struct RequestTimes {
  TimePoint scheduled;
  TimePoint sent;
  TimePoint done;
};

// What arrived in a stretch of time, for progress and plots.
struct Window {
  // Since the measurement began.
  Duration from{};
  Duration length{};
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  Duration p50{};
  Duration p95{};
  Duration p99{};

  double Rate() const {
    return length.count() == 0
               ? 0
               : static_cast<double>(answered) / Seconds(length);
  }
};

// Counts the requests of one run; those outside the measurement are ignored.
// Thread-safe. Its memory does not grow with the number of requests.
class LoadRecorder {
 public:
  explicit LoadRecorder(std::optional<Duration> deadline)
      : deadline_(deadline) {}

  // The measurement begins.
  void Begin(const Mark& mark);

  // Ends a window and begins the next.
  Window CloseWindow(TimePoint now);

  // Begins a new tally, and forgets all but the last `keep` finished ones.
  void Split(const Mark& mark, std::size_t keep);

  // The measurement ends; answers to what was due before still count. A last
  // tally that is shorter than `shortest` is forgotten, unless it is the only
  // one.
  void End(const Mark& mark, Duration shortest);

  void AddSent(TimePoint scheduled, TimePoint sent);
  void AddShed(TimePoint scheduled);
  void AddAnswer(const RequestTimes& times,
                 const absl::StatusOr<v1::ClassifyResponse>& answer);

  // What is kept, as one; `last` of them at most.
  Tally Total(std::size_t last) const;

  // The window that is not yet closed.
  Window Peek(TimePoint now) const;

 private:
  // nullptr outside the measurement.
  Tally* At(TimePoint time);
  void AddGood(Tally& tally, const RequestTimes& times,
               const v1::ClassifyResponse& response);
  Window WindowUntil(TimePoint now) const;

  const std::optional<Duration> deadline_;

  mutable std::mutex mu_;
  // Guarded by mu_. The last one is under way until End().
  std::deque<Tally> tallies_;
  TimePoint began_;
  TimePoint window_from_;
  std::uint64_t window_failed_ = 0;
  LatencyHistogram window_latency_;
};

}  // namespace wanwu::loadgen
