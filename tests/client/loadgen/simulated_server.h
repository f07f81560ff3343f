#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "client/loadgen/clock.h"
#include "client/loadgen/picture_set.h"
#include "client/loadgen/request_sender.h"
#include "client/loadgen/target.h"

namespace wanwu::loadgen {

// A server with one lane and a time of its own, which moves only while the run
// sleeps: runs of minutes take no time, and always the same course.
class SimulatedServer final : public Clock, public Target {
 public:
  // Time that the lane takes for one request, by when it begins.
  using ServiceTime = std::function<Duration(Duration since_start)>;

  explicit SimulatedServer(ServiceTime service_time)
      : service_time_(std::move(service_time)) {}

  World world() { return {*this, *this, pictures_}; }
  Duration elapsed() const { return now_ - kStart; }

  // Instead of a good answer; for the requests from now on.
  void FailWith(absl::Status status) { answer_ = std::move(status); }
  // At that time, on the thread of the run.
  void At(Duration time, std::function<void()> event) {
    events_.emplace(kStart + time, std::move(event));
  }

  TimePoint Now() const override { return now_; }

  void SleepUntil(TimePoint until) override {
    if (std::exchange(woken_, false)) return;
    if (events_.empty() || events_.begin()->first > until) {
      now_ = std::max(now_, until);
      return;
    }
    now_ = std::max(now_, events_.begin()->first);
    const auto event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    event();
  }

  void Wake() override { woken_ = true; }

  void Send(const std::string& /*picture*/, TimePoint /*deadline*/,
            Done done) override {
    const TimePoint begin = std::max(now_, free_);
    free_ = begin + service_time_(begin - kStart);
    const auto shared = std::make_shared<Done>(std::move(done));
    calls_.push_back(shared);
    events_.emplace(free_, [this, shared] {
      if (Done call = std::exchange(*shared, nullptr)) call(Answer());
    });
  }

  void CancelAll() override {
    for (const auto& call : std::exchange(calls_, {})) {
      if (Done done = std::exchange(*call, nullptr)) {
        done(absl::CancelledError("cancelled"));
      }
    }
  }

 private:
  static constexpr TimePoint kStart{std::chrono::hours(1)};

  absl::StatusOr<v1::ClassifyResponse> Answer() const {
    if (!answer_.ok()) return answer_;
    v1::ClassifyResponse response;
    response.set_model("resnet18");
    response.set_model_version("1");
    response.set_precision("int8");
    response.mutable_timings()->mutable_total()->set_nanos(5'000'000);
    response.mutable_timings()->set_batch_size(4);
    return response;
  }

  const ServiceTime service_time_;
  PictureSet pictures_{{"picture"}, PictureOrder::kRoundRobin, 1};
  TimePoint now_ = kStart;
  TimePoint free_ = kStart;
  bool woken_ = false;
  absl::Status answer_;
  std::multimap<TimePoint, std::function<void()>> events_;
  std::vector<std::shared_ptr<Done>> calls_;
};

}  // namespace wanwu::loadgen
