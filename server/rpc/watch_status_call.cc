#include "server/rpc/watch_status_call.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/message_call.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
#include "server/rpc/status_reporter.h"
#include "server/rpc/timer.h"

namespace wanwu::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr milliseconds kDefaultInterval{1000};
constexpr milliseconds kShortestInterval{100};
constexpr milliseconds kLongestInterval{60'000};

// A report takes one sample, too.
struct ReportPlan {
  nanoseconds sample_interval{};
  int64_t samples_per_report = 1;
};

absl::Status IntervalError(nanoseconds interval, std::string_view limit) {
  return errors::FieldInvalid(
      "interval",
      absl::StrCat(std::chrono::duration<double>(interval).count(), " s"),
      "interval must be 0, which means 1 s, or 100 ms … 60 s", limit);
}

// INVALID_ARGUMENT if the interval is out of range.
absl::StatusOr<ReportPlan> PlanReports(
    const wanwu::v1::WatchStatusRequest& request) {
  // Clamped, or nanoseconds might overflow; far out of range is out of range.
  constexpr int64_t kFarOut = 1'000'000'000;
  nanoseconds interval =
      seconds(std::clamp(request.interval().seconds(), -kFarOut, kFarOut)) +
      nanoseconds(request.interval().nanos());
  if (interval == nanoseconds::zero()) interval = kDefaultInterval;
  if (interval < kShortestInterval) return IntervalError(interval, "0.1 s");
  if (interval > kLongestInterval) return IntervalError(interval, "60 s");
  const int64_t samples =
      (interval + kMaxSampleInterval - nanoseconds(1)) / kMaxSampleInterval;
  return ReportPlan{interval / samples, samples};
}

absl::StatusOr<ReportPlan> ReadPlan(const CallServices& services,
                                    const absl::Status& allowed,
                                    TimedRead::Result received,
                                    grpc::ByteBuffer& message) {
  if (!allowed.ok()) return allowed;
  return OrOutOfMemory([&]() -> absl::StatusOr<ReportPlan> {
    wanwu::v1::WatchStatusRequest request;
    absl::Status status = ParseSmallMessage(
        received, services.limits.receive_timeout, message, request);
    if (!status.ok()) return status;
    return PlanReports(request);
  });
}

}  // namespace

DetachedTask ServeWatchStatus(CallServices& services,
                              ClassifierService& service,
                              grpc::ServerCompletionQueue& queue) {
  MessageCall call(services, queue, "WatchStatus");
  auto beginning = call.Begin(service, &WatchStatusMethod::RequestStreamed);
  const bool began = co_await beginning;
  if (!began) co_return;
  ServeWatchStatus(services, service, queue);

  grpc::ByteBuffer message;
  const absl::Status allowed =
      CheckCaller(services.access, call.context(),
                  {ClassifierService::kName, "WatchStatus"})
          .status();
  auto receiving = call.Receive(allowed.ok(), message);
  const TimedRead::Result received = co_await receiving;
  const CallLimit::Place place(services.status_watches);
  const absl::StatusOr<ReportPlan> plan =
      place || !allowed.ok() ? ReadPlan(services, allowed, received, message)
                             : services.status_watches.Refusal();
  if (!plan.ok()) {
    AddTrailers(plan.status(), call.context());
    auto refusing = call.Finish(ToGrpcStatus(plan.status()));
    co_await refusing;
    co_return;
  }

  bool stopping = false;
  Timer timer(queue);
  const auto stop = [&timer, &stopping] {
    stopping = true;
    timer.Cancel();
  };
  BroadcastListener draining(services.draining, queue, stop);
  // Draining may have begun before this call listened.
  if (services.drain_begun) stopping = true;
  call.end().OnCancel(stop);
  Operation& waited = call.operation();
  for (int64_t sample = 0; !stopping; ++sample) {
    if (sample % plan->samples_per_report == 0) {
      auto writing = call.Write(ToByteBuffer(services.status.Report()));
      const bool written = co_await writing;
      if (!written || stopping) break;
    } else {
      services.status.Sample();
    }
    timer.Start(plan->sample_interval, waited);
    co_await waited;
  }

  auto closed = draining.Closed();
  co_await closed;
  auto finishing =
      call.Finish(ToGrpcStatus(services.pipeline.admission().DrainingError()));
  co_await finishing;
}

}  // namespace wanwu::rpc
