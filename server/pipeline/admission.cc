#include "server/pipeline/admission.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;

const std::string kJobs = "requests";
const std::string kBytes = "bytes not yet decoded";

int64_t Milliseconds(Clock::Duration duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

absl::Status TooLateError() {
  return errors::ServiceError(absl::StatusCode::kDeadlineExceeded,
                              errors::kDeadlineExceeded,
                              "the deadline has passed");
}

absl::Status UnreachableError(Clock::Duration needed, Clock::Duration left) {
  return errors::ServiceError(
      absl::StatusCode::kDeadlineExceeded, errors::kDeadlineUnreachable,
      absl::StrCat("the answer would take about ", Milliseconds(needed),
                   " ms, the deadline leaves ", Milliseconds(left), " ms"),
      {{"estimated_ms", absl::StrCat(Milliseconds(needed))},
       {"remaining_ms", absl::StrCat(Milliseconds(left))}});
}

AdmissionRequest Together(std::span<const AdmissionRequest> requests) {
  AdmissionRequest together = requests.front();
  for (const AdmissionRequest& request : requests.subspan(1)) {
    together.jobs += request.jobs;
    together.bytes += request.bytes;
    together.work += request.work;
    together.service_time =
        std::max(together.service_time, request.service_time);
  }
  return together;
}

}  // namespace

Admission::Admission(const AdmissionLimits& limits, const Clock& clock)
    : limits_(limits), clock_(clock), drain_rate_(limits.cpus) {}

absl::Status Admission::DrainingError() const {
  return errors::ServiceError(absl::StatusCode::kUnavailable, errors::kDraining,
                              "the server is draining",
                              {{std::string(errors::kRetryDelayMs), "1000"}});
}

absl::Status Admission::FullError() const {
  const std::lock_guard lock(mutex_);
  return FullErrorLocked(errors::kQueueFull, kJobs, backlog_.total().jobs,
                         limits_.max_jobs);
}

absl::Status Admission::FullErrorLocked(std::string_view reason,
                                        const std::string& what, int64_t value,
                                        int64_t limit) const {
  return errors::ServiceError(
      absl::StatusCode::kResourceExhausted, reason,
      absl::StrCat("the queue is full: ", value, " ", what, ", limit ", limit),
      {{std::string(errors::kValue), absl::StrCat(value)},
       {std::string(errors::kLimit), absl::StrCat(limit)},
       {std::string(errors::kRetryDelayMs), absl::StrCat(RetryDelayMs())}});
}

// Half the queue will have gone by then.
int64_t Admission::RetryDelayMs() const {
  const Clock::Duration wait = drain_rate_.TimeFor(backlog_.total().work_ns);
  return std::max<int64_t>(Milliseconds(wait) / 2, 1);
}

absl::StatusOr<AdmissionTicket> Admission::TryAdmit(
    const AdmissionRequest& request) {
  const Clock::TimePoint now = clock_.Now();
  const std::lock_guard lock(mutex_);
  ++requests_;
  if (absl::Status status = Check(request, now); !status.ok()) return status;
  return Enter(request);
}

absl::StatusOr<std::vector<AdmissionTicket>> Admission::TryAdmitAll(
    std::span<const AdmissionRequest> requests) {
  // Before the lock, which they take when they go.
  std::vector<AdmissionTicket> tickets;
  tickets.reserve(requests.size());
  if (requests.empty()) return tickets;
  const AdmissionRequest together = Together(requests);
  const Clock::TimePoint now = clock_.Now();
  const std::lock_guard lock(mutex_);
  requests_ += together.jobs;
  if (absl::Status status = Check(together, now); !status.ok()) return status;
  for (const AdmissionRequest& request : requests) {
    tickets.push_back(Enter(request));
  }
  return tickets;
}

AdmissionTicket Admission::Enter(const AdmissionRequest& request) {
  const Load load{request.jobs, request.bytes,
                  std::chrono::nanoseconds(request.work).count()};
  backlog_.Add(request.share, load);
  admitted_ += request.jobs;
  return AdmissionTicket(*this, request.share, load);
}

absl::Status Admission::Check(const AdmissionRequest& request,
                              Clock::TimePoint now) const {
  if (closed_) return DrainingError();
  if (request.deadline <= now) return TooLateError();
  if (absl::Status status = CheckWait(request, now); !status.ok())
    return status;
  return CheckRoom(request);
}

absl::Status Admission::CheckWait(const AdmissionRequest& request,
                                  Clock::TimePoint now) const {
  const bool patient = request.deadline == Clock::TimePoint::max();
  if (patient && limits_.max_wait == Clock::Duration::zero()) {
    return absl::OkStatus();
  }
  const int64_t work = std::chrono::nanoseconds(request.work).count();
  // The last of several jobs waits for the others, too.
  const Clock::Duration wait = drain_rate_.TimeFor(
      backlog_.WorkAhead(request.share, work) + work - work / request.jobs);
  const Clock::Duration left = request.deadline - now;
  if (!patient) {
    const auto latest = std::chrono::duration_cast<Clock::Duration>(
        kWaitMargin * wait + request.service_time);
    if (latest > left) {
      return UnreachableError(wait + request.service_time, left);
    }
  }
  if (limits_.max_wait == Clock::Duration::zero() || wait <= limits_.max_wait) {
    return absl::OkStatus();
  }
  const int64_t limit_ms = Milliseconds(limits_.max_wait);
  return errors::ServiceError(
      absl::StatusCode::kResourceExhausted, errors::kQueueWaitTooLong,
      absl::StrCat("the wait would be about ", Milliseconds(wait),
                   " ms, the limit is ", limit_ms, " ms"),
      {{std::string(errors::kValue), absl::StrCat(Milliseconds(wait))},
       {std::string(errors::kLimit), absl::StrCat(limit_ms)},
       {std::string(errors::kRetryDelayMs), absl::StrCat(RetryDelayMs())}});
}

absl::Status Admission::CheckRoom(const AdmissionRequest& request) const {
  const Load& total = backlog_.total();
  const int64_t free_jobs = limits_.max_jobs - total.jobs;
  if (free_jobs < request.jobs) {
    return FullErrorLocked(errors::kQueueFull, kJobs, total.jobs,
                           limits_.max_jobs);
  }
  const int64_t free_bytes = limits_.max_bytes - total.bytes;
  if (free_bytes < request.bytes) {
    return FullErrorLocked(errors::kQueueBytesFull, kBytes, total.bytes,
                           limits_.max_bytes);
  }
  const Load client = backlog_.client(request.share.client);
  absl::Status status =
      CheckShare(client, " of this client", request, kClientTimesFree);
  if (status.ok()) {
    status = CheckShare(backlog_.model(request.share.model), " for this model",
                        request, kModelTimesFree);
  }
  if (status.ok() && request.share.priority == batching::Priority::kBulk) {
    status = CheckShare(backlog_.bulk(), " of bulk priority", request,
                        kBulkTimesFree);
  }
  return status;
}

absl::Status Admission::CheckShare(const Load& load, const std::string& whose,
                                   const AdmissionRequest& request,
                                   int64_t times_free) const {
  const int64_t others = request.jobs - 1;
  const int64_t jobs = load.jobs + others;
  const int64_t most_jobs =
      times_free * (limits_.max_jobs - backlog_.total().jobs - others);
  if (jobs >= most_jobs) {
    return FullErrorLocked(errors::kQueueFull, kJobs + whose, jobs, most_jobs);
  }
  const int64_t most_bytes =
      times_free * (limits_.max_bytes - backlog_.total().bytes);
  if (load.bytes > most_bytes) {
    return FullErrorLocked(errors::kQueueBytesFull, kBytes + whose, load.bytes,
                           most_bytes);
  }
  return absl::OkStatus();
}

int64_t Admission::most_together() const {
  static_assert(kBulkTimesFree == 1);
  return std::max<int64_t>((limits_.max_jobs + 1) / 2, 1);
}

void Admission::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Admission::ReleaseBytes(const Share& share, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  backlog_.Add(share, {.bytes = -bytes});
}

void Admission::Release(const Share& share, const Load& load, int64_t done_ns) {
  const Clock::TimePoint now = clock_.Now();
  const std::lock_guard lock(mutex_);
  backlog_.Add(share, -load);
  drain_rate_.Done(done_ns, backlog_.total().jobs >= limits_.busy_jobs, now);
  if (backlog_.total().jobs == 0) idle_.notify_all();
}

bool Admission::WaitUntilIdle(Clock::TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return idle_.wait_until(lock, deadline,
                          [this] { return backlog_.total().jobs == 0; });
}

Clock::Duration Admission::EstimatedWait() const {
  const std::lock_guard lock(mutex_);
  return drain_rate_.TimeFor(backlog_.total().work_ns);
}

Clock::Duration Admission::EstimatedWait(const ServedModel& model) const {
  const std::lock_guard lock(mutex_);
  return drain_rate_.TimeFor(backlog_.WorkUntilDone(&model));
}

bool Admission::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

int64_t Admission::jobs() const {
  const std::lock_guard lock(mutex_);
  return backlog_.total().jobs;
}

int64_t Admission::bytes() const {
  const std::lock_guard lock(mutex_);
  return backlog_.total().bytes;
}

int64_t Admission::jobs_beside(const Share& share) const {
  const std::lock_guard lock(mutex_);
  return backlog_.jobs_beside(share);
}

int64_t Admission::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int64_t Admission::admitted() const {
  const std::lock_guard lock(mutex_);
  return admitted_;
}

int64_t Admission::jobs(const ServedModel& model) const {
  const std::lock_guard lock(mutex_);
  return backlog_.model(&model).jobs;
}

double Admission::drain_rate() const {
  const std::lock_guard lock(mutex_);
  return drain_rate_.rate();
}

void AdmissionTicket::ReleaseBytes() {
  if (from_ == nullptr || load_.bytes == 0) return;
  from_->ReleaseBytes(share_, std::exchange(load_.bytes, 0));
}

void AdmissionTicket::Release(Clock::Duration done) {
  Admission* from = std::exchange(from_, nullptr);
  if (from != nullptr) {
    from->Release(share_, load_, std::chrono::nanoseconds(done).count());
  }
}

void AdmissionTicket::Swap(AdmissionTicket& other) noexcept {
  std::swap(from_, other.from_);
  std::swap(share_, other.share_);
  std::swap(load_, other.load_);
}

}  // namespace wanwu::pipeline
