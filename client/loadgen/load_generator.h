#pragma once

#include "client/loadgen/clock.h"

namespace wanwu::loadgen {

// Decides when requests are sent. For the thread of the run, unless said
// otherwise.
class LoadGenerator {
 public:
  virtual ~LoadGenerator() = default;

  // Sends what is due and returns when more will be.
  virtual TimePoint SendDue(TimePoint now) = 0;

  // Nothing is sent any more.
  virtual void Stop() = 0;
};

}  // namespace wanwu::loadgen
