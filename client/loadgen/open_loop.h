#pragma once

#include <memory>

#include "client/loadgen/arrival_schedule.h"
#include "client/loadgen/load_generator.h"
#include "client/loadgen/request_sender.h"

namespace wanwu::loadgen {

// Sends at the times of a schedule, whatever the answers do. What is due while
// `max_in_flight` requests are unanswered is shed: recorded and never sent.
class OpenLoop final : public LoadGenerator {
 public:
  struct Parts {
    std::shared_ptr<RequestSender> sender;
    std::shared_ptr<LoadRecorder> recorder;
    int max_in_flight = 1;
  };

  OpenLoop(Parts parts, ArrivalSchedule schedule, TimePoint start);

  TimePoint SendDue(TimePoint now) override;
  void Stop() override { stopped_ = true; }

 private:
  const Parts parts_;
  ArrivalSchedule schedule_;
  const TimePoint start_;
  TimePoint next_;
  bool stopped_ = false;
};

}  // namespace wanwu::loadgen
