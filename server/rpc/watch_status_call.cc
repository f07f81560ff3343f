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
#include "server/rpc/call_end.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
#include "server/rpc/status_reporter.h"
#include "server/rpc/timed_read.h"
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
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream stream(&context);
  Operation operation;
  service.WatchStatusMethod::RequestStreamed(&context, &stream, &queue, &queue,
                                             &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kReceiving);
  ServeWatchStatus(services, service, queue);

  grpc::ByteBuffer message;
  TimedRead read(queue);
  const absl::Status allowed =
      CheckCaller(services.access, context,
                  {ClassifierService::kName, "WatchStatus"})
          .status();
  if (allowed.ok())
    read.Start(stream, message, services.limits.receive_timeout);
  const TimedRead::Result received = co_await read;
  live.Enter(LiveCalls::Stage::kAnswering);
  const CallLimit::Place place(services.status_watches);
  const absl::StatusOr<ReportPlan> plan =
      place ? ReadPlan(services, allowed, received, message)
            : services.status_watches.Refusal();
  bool stopping = !plan.ok();
  Timer timer(queue);
  const auto stop = [&timer, &stopping] {
    stopping = true;
    timer.Cancel();
  };
  BroadcastListener draining(services.draining, queue, stop);
  // Draining may have begun before this call listened.
  if (services.drain_begun) stopping = true;
  end.OnCancel(stop);
  ReaderWatch reader(services, queue, context, "WatchStatus");
  for (int64_t sample = 0; !stopping; ++sample) {
    if (sample % plan->samples_per_report == 0) {
      const grpc::ByteBuffer status = ToByteBuffer(services.status.Report());
      reader.WriteBegins();
      stream.Write(status, &operation);
      const bool written = co_await operation;
      reader.WriteEnded();
      if (!written || stopping) break;
    } else {
      services.status.Sample();
    }
    timer.Start(plan->sample_interval, operation);
    co_await operation;
  }

  auto closed = draining.Closed();
  co_await closed;
  auto unwatched = reader.Closed();
  co_await unwatched;
  if (!plan.ok()) AddTrailers(plan.status(), context);
  stream.Finish(
      ToGrpcStatus(plan.ok() ? services.pipeline.admission().DrainingError()
                             : plan.status()),
      &operation);
  co_await operation;
  auto ended = read.Ended();
  co_await ended;
  co_await end;
}

}  // namespace wanwu::rpc
