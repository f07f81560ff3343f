#include "server/rpc/call_attributes.h"

#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/tracing/trace_context.h"
#include "server/errors/service_error.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;

constexpr char kPriorityKey[] = "wanwu-priority";
constexpr char kClientKey[] = "wanwu-client";
constexpr size_t kMaxClientBytes = 128;

std::optional<std::string_view> Metadata(const grpc::ServerContext& context,
                                         const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return std::nullopt;
  return std::string_view(found->second.data(), found->second.size());
}

absl::StatusOr<batching::Priority> ReadPriority(
    const grpc::ServerContext& context) {
  const std::string_view value =
      Metadata(context, kPriorityKey).value_or("interactive");
  if (value == "interactive") return batching::Priority::kInteractive;
  if (value == "bulk") return batching::Priority::kBulk;
  return errors::FieldInvalid(kPriorityKey, value.substr(0, 100),
                              "wanwu-priority must be 'interactive' or 'bulk'");
}

absl::StatusOr<uint64_t> ReadClient(const grpc::ServerContext& context,
                                    const access::Caller& caller) {
  const std::string& identity = caller.identity;
  const std::string_view named = Metadata(context, kClientKey).value_or("");
  if (named.size() <= kMaxClientBytes) {
    if (!identity.empty() && (named.empty() || !caller.speaks_for_others)) {
      return ClientNumber(identity);
    }
    if (named.empty()) return ClientNumber(context.peer());
    if (identity.empty()) return ClientNumber(named);
    return ClientNumber(absl::StrCat(
        identity, "\n", absl::string_view(named.data(), named.size())));
  }
  const std::string limit = absl::StrCat(kMaxClientBytes);
  return errors::FieldInvalid(
      kClientKey, absl::StrCat(named.size()),
      absl::StrCat("wanwu-client is longer than ", limit, " bytes"), limit);
}

// What is malformed is as if it were not there, as W3C asks. So is a second
// value, of which nobody could say which one counts.
tracing::TraceContext ReadTrace(const grpc::ServerContext& context) {
  const auto& metadata = context.client_metadata();
  if (metadata.count(tracing::kTraceparent) != 1) return {};
  std::optional<tracing::TraceContext> trace =
      tracing::ParseTraceparent(*Metadata(context, tracing::kTraceparent));
  if (!trace.has_value()) return {};
  std::string state;
  const auto [begin, end] = metadata.equal_range(tracing::kTracestate);
  for (auto each = begin; each != end && trace->sampled; ++each) {
    const grpc::string_ref value = each->second;
    absl::StrAppend(&state, state.empty() ? "" : ",",
                    absl::string_view(value.data(), value.size()));
  }
  trace->state = tracing::KeptTracestate(state);
  return *std::move(trace);
}

}  // namespace

// The seed keeps callers from choosing names that share a number.
uint64_t ClientNumber(std::string_view client) {
  static const uint64_t seed = [] {
    std::random_device random;
    return uint64_t{random()} << 32 | random();
  }();
  return absl::HashOf(seed, absl::string_view(client.data(), client.size()));
}

Clock::TimePoint ToDeadline(gpr_timespec deadline, const Clock& clock) {
  // In seconds, since nanoseconds do not hold what callers may send.
  constexpr int64_t kForever = int64_t{365} * 24 * 3600;
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  if (left.tv_sec >= kForever) return Clock::TimePoint::max();
  if (left.tv_sec < 0) return clock.Now();
  return clock.Now() + std::chrono::seconds(left.tv_sec) +
         std::chrono::nanoseconds(left.tv_nsec);
}

absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const Clock& clock,
    const access::Caller& caller) {
  const absl::StatusOr<batching::Priority> priority = ReadPriority(context);
  if (!priority.ok()) return priority.status();
  const absl::StatusOr<uint64_t> client = ReadClient(context, caller);
  if (!client.ok()) return client.status();
  return CallAttributes{.priority = *priority,
                        .deadline = ToDeadline(context.raw_deadline(), clock),
                        .client = *client,
                        .trace = ReadTrace(context)};
}

}  // namespace wanwu::rpc
