#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "client/loadgen/clock.h"
#include "client/loadgen/load_recorder.h"
#include "client/loadgen/picture_set.h"
#include "client/loadgen/target.h"

namespace wanwu::loadgen {

// What a run needs of its surroundings; all must outlive it.
struct World {
  Clock& clock;
  Target& target;
  PictureSet& pictures;
};

// Sends requests, records what became of them and knows how many are in flight.
// Thread-safe. Held by the requests in flight, too.
class RequestSender final : public std::enable_shared_from_this<RequestSender> {
 public:
  // Gets the request's status, perhaps within Send() if it was refused at once.
  using OnAnswer = std::function<void(const absl::Status&)>;

  RequestSender(const World& world, std::shared_ptr<LoadRecorder> recorder,
                Duration time_limit);

  void Send(TimePoint scheduled, OnAnswer on_answer);

  int in_flight() const { return in_flight_; }

  // From its scheduled time: how long a request may take.
  Duration time_limit() const { return time_limit_; }

  // When the last one is answered, the clock is woken.
  void WakeWhenEmpty() { wake_when_empty_ = true; }

  // Ends what is in flight; it then counts as UNANSWERED.
  void GiveUp();

 private:
  void OnDone(RequestTimes times,
              const absl::StatusOr<v1::ClassifyResponse>& answer,
              const OnAnswer& on_answer);

  const World world_;
  const std::shared_ptr<LoadRecorder> recorder_;
  const Duration time_limit_;
  std::atomic<int> in_flight_ = 0;
  std::atomic<bool> wake_when_empty_ = false;
  std::atomic<bool> given_up_ = false;
};

}  // namespace wanwu::loadgen
