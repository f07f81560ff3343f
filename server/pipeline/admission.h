#pragma once

#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "batching/clock.h"
#include "server/pipeline/backlog.h"
#include "server/pipeline/drain_rate.h"
#include "server/pipeline/share.h"

namespace wanwu::pipeline {

struct AdmissionLimits {
  // Jobs admitted and not yet finished.
  int64_t max_jobs = std::numeric_limits<int32_t>::max();
  // Bytes of jobs that are not yet decoded.
  int64_t max_bytes = std::numeric_limits<int32_t>::max();
  // The longest wait that a job may be admitted into; 0: no limit.
  batching::Clock::Duration max_wait{};
  // What the drain rate is taken for at first: CPUs that work on jobs.
  double cpus = 1;
  // With at least this many jobs every thread has something to do.
  int64_t busy_jobs = 1;
};

// What a job asks to be admitted with.
struct AdmissionRequest {
  Share share = {};
  // Bytes and work are theirs together.
  int64_t jobs = 1;
  int64_t bytes = 0;
  // CPU time of its decoding, and of its part of a batch.
  batching::Clock::Duration work{};
  // From its turn to the answer: decoding, and the batch it will travel in.
  batching::Clock::Duration service_time{};
  batching::Clock::TimePoint deadline = batching::Clock::TimePoint::max();
};

class AdmissionTicket;

// Decides, before anything is decoded, whether a job may enter: bounded by
// count and by bytes, by the wait, and only if its deadline can be met given
// the work that goes before it. Nobody can take all places: a caller, a model
// and bulk work may each have so many times what is still free (dynamic
// thresholds: Choudhury and Hahne, INFOCOM '96). Thread-safe; holds a lock for
// microseconds.
class Admission {
 public:
  // So one caller can have four fifths of the places, two four ninths each.
  static constexpr int64_t kClientTimesFree = 4;
  static constexpr int64_t kModelTimesFree = 16;
  static constexpr int64_t kBulkTimesFree = 1;
  // A wait may turn out this many times as long as estimated before a job that
  // was admitted misses its deadline.
  static constexpr double kWaitMargin = 1.5;

  // `clock` must outlive the admission and its tickets.
  Admission(const AdmissionLimits& limits, const batching::Clock& clock);
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Errors: UNAVAILABLE when closed; DEADLINE_EXCEEDED when the deadline has
  // passed or cannot be met; RESOURCE_EXHAUSTED when all places are taken
  // (QUEUE_FULL, QUEUE_BYTES_FULL) or the wait is too long
  // (QUEUE_WAIT_TOO_LONG).
  absl::StatusOr<AdmissionTicket> TryAdmit(const AdmissionRequest& request);

  // All of one share and deadline, or none. Errors as TryAdmit.
  absl::StatusOr<std::vector<AdmissionTicket>> TryAdmitAll(
      std::span<const AdmissionRequest> requests);

  // As many jobs as may be admitted together where there are no others,
  // whatever their priority.
  int64_t most_together() const;

  // Admits nothing from now on.
  void Close();

  // Waits until every admitted job has finished; false at the deadline.
  [[nodiscard]] bool WaitUntilIdle(batching::Clock::TimePoint deadline);

  // For a job that was admitted but then found no room, or a closed queue.
  absl::Status FullError() const;
  absl::Status DrainingError() const;

  // How long all admitted work takes.
  batching::Clock::Duration EstimatedWait() const;
  // How long the admitted work of that model takes, others' turns included.
  batching::Clock::Duration EstimatedWait(const ServedModel& model) const;

  const AdmissionLimits& limits() const { return limits_; }
  bool closed() const;
  int64_t jobs() const;
  int64_t bytes() const;
  // See Backlog::jobs_beside.
  int64_t jobs_beside(const Share& share) const;
  // Jobs that asked, admitted or not.
  int64_t requests() const;
  int64_t admitted() const;  // of those
  int64_t jobs(const ServedModel& model) const;
  double drain_rate() const;

 private:
  friend class AdmissionTicket;

  // All with mutex_ held.
  absl::Status Check(const AdmissionRequest& request,
                     batching::Clock::TimePoint now) const;
  absl::Status CheckWait(const AdmissionRequest& request,
                         batching::Clock::TimePoint now) const;
  absl::Status CheckRoom(const AdmissionRequest& request) const;
  AdmissionTicket Enter(const AdmissionRequest& request);
  // `load` of somebody, with all but one of the jobs that ask, may be up to
  // `times_free` times what these leave free.
  absl::Status CheckShare(const Load& load, const std::string& whose,
                          const AdmissionRequest& request,
                          int64_t times_free) const;
  absl::Status FullErrorLocked(std::string_view reason, const std::string& what,
                               int64_t value, int64_t limit) const;
  int64_t RetryDelayMs() const;

  void ReleaseBytes(const Share& share, int64_t bytes);
  void Release(const Share& share, const Load& load, int64_t done_ns);

  const AdmissionLimits limits_;
  const batching::Clock& clock_;
  mutable std::mutex mutex_;
  // All below are guarded by mutex_.
  std::condition_variable idle_;
  bool closed_ = false;
  int64_t requests_ = 0;
  int64_t admitted_ = 0;
  Backlog backlog_;
  DrainRate drain_rate_;
};

// A job's place, given back on destruction. Not thread-safe.
class AdmissionTicket {
 public:
  AdmissionTicket() = default;
  AdmissionTicket(AdmissionTicket&& other) noexcept { Swap(other); }
  AdmissionTicket& operator=(AdmissionTicket&& other) noexcept {
    Swap(other);
    return *this;
  }
  ~AdmissionTicket() { Release({}); }

  // The encoded picture is no longer in memory.
  void ReleaseBytes();
  // `done`: how much of its work was done.
  void Release(batching::Clock::Duration done);

 private:
  friend class Admission;
  AdmissionTicket(Admission& from, const Share& share, const Load& load)
      : from_(&from), share_(share), load_(load) {}
  void Swap(AdmissionTicket& other) noexcept;

  Admission* from_ = nullptr;
  Share share_;
  Load load_;
};

}  // namespace wanwu::pipeline
