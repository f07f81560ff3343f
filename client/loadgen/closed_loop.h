#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>

#include "client/loadgen/load_generator.h"
#include "client/loadgen/request_sender.h"

namespace wanwu::loadgen {

// Each of a number of clients sends its next request as soon as it has its
// answer, on the thread that brings the answer. After an error, unless the
// picture was to blame, it first waits for kPause: a server that is gone must
// not be asked thousands of times a second.
class ClosedLoop final : public LoadGenerator,
                         public std::enable_shared_from_this<ClosedLoop> {
 public:
  static constexpr std::chrono::milliseconds kPause{10};

  ClosedLoop(Clock& clock, std::shared_ptr<RequestSender> sender, int clients);

  TimePoint SendDue(TimePoint now) override;
  void Stop() override { stopped_ = true; }

 private:
  void Send(TimePoint now);
  void OnAnswer(const absl::Status& status);

  Clock& clock_;
  const std::shared_ptr<RequestSender> sender_;
  std::atomic<bool> stopped_ = false;
  // Not yet begun.
  int waiting_clients_;

  std::mutex mu_;
  // Guarded by mu_. When the clients that wait go on.
  std::deque<TimePoint> pauses_;
};

}  // namespace wanwu::loadgen
