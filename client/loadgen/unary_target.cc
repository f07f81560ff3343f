#include "client/loadgen/unary_target.h"

#include <utility>
#include <vector>

namespace wanwu::loadgen {

UnaryTarget::UnaryTarget(Connections connections, RequestTemplate request)
    : connections_(std::move(connections)), template_(std::move(request)) {}

void UnaryTarget::Send(const std::string& picture, TimePoint deadline,
                       Done done) {
  const std::uint64_t number = next_++;
  {
    const std::lock_guard lock(mu_);
    calls_[number];
  }
  v1::ClassifyRequest request = template_.request;
  request.set_image(picture);
  const client::CallOptions options{.deadline = SystemDeadline(deadline),
                                    .priority = template_.priority};
  client::AsyncClient& connection = *connections_[number % connections_.size()];
  const auto call = connection.Classify(
      std::move(request), options,
      [this, number, done = std::move(done)](auto response) {
        {
          const std::lock_guard lock(mu_);
          calls_.erase(number);
        }
        done(std::move(response));
      });
  const std::lock_guard lock(mu_);
  // It may have ended already.
  const auto place = calls_.find(number);
  if (place != calls_.end()) place->second = call;
}

void UnaryTarget::CancelAll() {
  std::vector<std::shared_ptr<client::AsyncCall>> calls;
  {
    const std::lock_guard lock(mu_);
    for (const auto& [number, call] : calls_) calls.push_back(call.lock());
  }
  for (const auto& call : calls) {
    if (call != nullptr) call->Cancel();
  }
}

client::Deadline SystemDeadline(TimePoint deadline) {
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(
             deadline - std::chrono::steady_clock::now());
}

}  // namespace wanwu::loadgen
