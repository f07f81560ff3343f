#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "client/loadgen/connections.h"
#include "client/loadgen/target.h"

namespace wanwu::loadgen {

// What all requests have in common.
struct RequestTemplate {
  // Without a picture.
  v1::ClassifyRequest request;
  client::Priority priority = client::Priority::kInteractive;
};

// One Classify call per request, over the connections in turn. Must outlive its
// calls.
class UnaryTarget final : public Target {
 public:
  UnaryTarget(Connections connections, RequestTemplate request);

  void Send(const std::string& picture, TimePoint deadline, Done done) override;
  void CancelAll() override;

 private:
  const Connections connections_;
  const RequestTemplate template_;
  std::atomic<std::uint64_t> next_ = 0;

  std::mutex mu_;
  // Guarded by mu_. Empty until the call was begun.
  std::map<std::uint64_t, std::weak_ptr<client::AsyncCall>> calls_;
};

// A deadline of the steady clock as calls want it.
client::Deadline SystemDeadline(TimePoint deadline);

}  // namespace wanwu::loadgen
