#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "client/loadgen/target.h"
#include "client/loadgen/unary_target.h"

namespace wanwu::loadgen {

// One ClassifyBatch stream per connection, requests over them in turn. A stream
// that breaks fails what it holds and is opened anew by the next request. The
// deadlines of requests are not sent: a stream has only one.
class StreamTarget final : public Target {
 public:
  StreamTarget(Connections connections, const RequestTemplate& request);
  ~StreamTarget() override;

  void Send(const std::string& picture, TimePoint deadline, Done done) override;
  void CancelAll() override;

 private:
  class Stream;

  std::vector<std::shared_ptr<Stream>> streams_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace wanwu::loadgen
