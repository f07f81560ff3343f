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

int64_t Nanoseconds(Clock::Duration duration) {
  return std::chrono::nanoseconds(duration).count();
}

int64_t Milliseconds(Clock::Duration duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

// Adds `amount` unless that would exceed `limit`.
bool AddWithin(std::atomic<int64_t>& counter, int64_t amount, int64_t limit) {
  int64_t current = counter.load();
  while (current + amount <= limit) {
    if (counter.compare_exchange_weak(current, current + amount)) return true;
  }
  return false;
}

absl::Status CheckDeadline(const AdmissionRequest& request,
                           Clock::Duration wait) {
  if (request.deadline <= request.now) {
    return errors::ServiceError(absl::StatusCode::kDeadlineExceeded,
                                errors::kDeadlineExceeded,
                                "the deadline has passed");
  }
  if (request.deadline == Clock::TimePoint::max()) return absl::OkStatus();
  const Clock::Duration needed = wait + request.service_time;
  const Clock::Duration left = request.deadline - request.now;
  if (needed <= left) return absl::OkStatus();
  return errors::ServiceError(
      absl::StatusCode::kDeadlineExceeded, errors::kDeadlineUnreachable,
      absl::StrCat("the answer would take about ", Milliseconds(needed),
                   " ms, the deadline leaves ", Milliseconds(left), " ms"),
      {{"estimated_ms", absl::StrCat(Milliseconds(needed))},
       {"remaining_ms", absl::StrCat(Milliseconds(left))}});
}

}  // namespace

absl::Status Admission::DrainingError() const {
  return errors::ServiceError(absl::StatusCode::kUnavailable, errors::kDraining,
                              "the server is draining",
                              {{std::string(errors::kRetryDelayMs), "1000"}});
}

absl::Status Admission::RingFullError() const {
  return FullError(errors::kQueueFull, "requests", jobs_.load(),
                   limits_.max_jobs);
}

absl::Status Admission::FullError(std::string_view reason,
                                  std::string_view what, int64_t value,
                                  int64_t limit) const {
  // Half the queue will have gone by then.
  const int64_t retry_ms =
      std::max<int64_t>(Milliseconds(EstimatedWait()) / 2, 1);
  return errors::ServiceError(
      absl::StatusCode::kResourceExhausted, reason,
      absl::StrCat("the queue is full: ", value, " ", std::string(what),
                   ", limit ", limit),
      {{std::string(errors::kValue), absl::StrCat(value)},
       {std::string(errors::kLimit), absl::StrCat(limit)},
       {std::string(errors::kRetryDelayMs), absl::StrCat(retry_ms)}});
}

absl::StatusOr<AdmissionTicket> Admission::TryAdmit(
    const AdmissionRequest& request) {
  if (closed_.load()) return DrainingError();
  absl::Status deadline = CheckDeadline(request, EstimatedWait());
  if (!deadline.ok()) return deadline;
  if (!AddWithin(jobs_, 1, limits_.max_jobs)) {
    return RingFullError();
  }
  const int64_t cost_ns = Nanoseconds(request.image_cost);
  backlog_ns_.fetch_add(cost_ns);
  if (!AddWithin(bytes_, request.encoded_bytes, limits_.max_bytes)) {
    ReleaseJob(cost_ns);
    return FullError(errors::kQueueBytesFull, "bytes not yet decoded",
                     bytes_.load(), limits_.max_bytes);
  }
  AdmissionTicket ticket(*this, request.encoded_bytes, cost_ns);
  // Again: WaitUntilIdle may have seen no jobs just before this one.
  if (closed_.load()) return DrainingError();
  return ticket;
}

void Admission::ReleaseJob(int64_t cost_ns) {
  backlog_ns_.fetch_sub(cost_ns);
  if (jobs_.fetch_sub(1) == 1 && closed_.load()) {
    const std::lock_guard lock(mutex_);
    idle_.notify_all();
  }
}

bool Admission::WaitUntilIdle(Clock::TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return idle_.wait_until(lock, deadline, [this] { return jobs_.load() == 0; });
}

Clock::Duration Admission::EstimatedWait() const {
  return std::chrono::duration_cast<Clock::Duration>(
      std::chrono::nanoseconds(backlog_ns_.load() / limits_.lanes));
}

void AdmissionTicket::ReleaseBytes() {
  if (from_ == nullptr) return;
  from_->bytes_.fetch_sub(std::exchange(bytes_, 0));
}

void AdmissionTicket::Release() {
  ReleaseBytes();
  Admission* from = std::exchange(from_, nullptr);
  if (from != nullptr) from->ReleaseJob(cost_ns_);
}

void AdmissionTicket::Swap(AdmissionTicket& other) noexcept {
  std::swap(from_, other.from_);
  std::swap(bytes_, other.bytes_);
  std::swap(cost_ns_, other.cost_ns_);
}

}  // namespace wanwu::pipeline
