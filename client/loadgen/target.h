#pragma once

#include <string>

#include "client/lib/async_call.h"
#include "client/loadgen/clock.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::loadgen {

// Where requests go.
class Target {
 public:
  // Told once, on any thread, perhaps before Send() returns if it is a refusal.
  using Done = client::OnResponse<v1::ClassifyResponse>;

  virtual ~Target() = default;

  // Blocks nobody. `picture` must stay until the answer has come. Thread-safe.
  virtual void Send(const std::string& picture, TimePoint deadline,
                    Done done) = 0;

  // Ends what is under way; each is still told. Thread-safe.
  virtual void CancelAll() = 0;
};

}  // namespace wanwu::loadgen
