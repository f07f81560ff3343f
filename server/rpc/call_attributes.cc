#include "server/rpc/call_attributes.h"

#include <chrono>
#include <string_view>

#include "server/errors/service_error.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;
using std::chrono::system_clock;

constexpr char kPriorityKey[] = "wanwu-priority";

// gRPC's deadlines are wall-clock times; ours must not jump with it.
Clock::TimePoint ToSteady(system_clock::time_point deadline,
                          const Clock& clock) {
  if (deadline == system_clock::time_point::max()) {
    return Clock::TimePoint::max();
  }
  // Beyond this the sum would overflow.
  constexpr auto kForever = std::chrono::hours(24 * 365);
  const auto left = deadline - system_clock::now();
  if (left > kForever) return Clock::TimePoint::max();
  return clock.Now() + std::chrono::duration_cast<Clock::Duration>(left);
}

}  // namespace

absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const Clock& clock) {
  CallAttributes attributes;
  attributes.deadline = ToSteady(context.deadline(), clock);
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(kPriorityKey);
  if (found == metadata.end()) return attributes;
  const std::string_view value(found->second.data(), found->second.size());
  if (value == "bulk") {
    attributes.priority = batching::Priority::kBulk;
  } else if (value != "interactive") {
    return errors::FieldInvalid(
        kPriorityKey, value.substr(0, 100),
        "wanwu-priority must be 'interactive' or 'bulk'");
  }
  return attributes;
}

}  // namespace wanwu::rpc
