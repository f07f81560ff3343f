#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "absl/status/statusor.h"
#include "batching/clock.h"

namespace wanwu::pipeline {

struct AdmissionLimits {
  // Jobs admitted and not yet finished.
  int64_t max_jobs = 1024;
  // Encoded bytes of jobs that are not yet decoded.
  int64_t max_bytes = int64_t{256} << 20;
  // Lanes that work the backlog off.
  int lanes = 1;
};

// What a job asks to be admitted with.
struct AdmissionRequest {
  int64_t encoded_bytes = 0;
  // A lane's time for one picture of the job's model, in a full batch.
  batching::Clock::Duration image_cost{};
  // A lane's time for the job alone, from being taken to the answer.
  batching::Clock::Duration service_time{};
  batching::Clock::TimePoint now;
  batching::Clock::TimePoint deadline;
};

class AdmissionTicket;

// Decides, before anything is decoded, whether a job may enter: bounded by
// count and by bytes, and only if its deadline can be met given the work
// ahead. Thread-safe; TryAdmit is lock-free.
class Admission {
 public:
  explicit Admission(const AdmissionLimits& limits) : limits_(limits) {}
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // Errors: UNAVAILABLE when closed, RESOURCE_EXHAUSTED when full,
  // DEADLINE_EXCEEDED when the deadline has passed or cannot be met.
  absl::StatusOr<AdmissionTicket> TryAdmit(const AdmissionRequest& request);

  // Admits nothing from now on.
  void Close() { closed_.store(true); }

  // Waits until every admitted job has finished; false at the deadline.
  // Call after Close.
  [[nodiscard]] bool WaitUntilIdle(batching::Clock::TimePoint deadline);

  // For a job that was admitted but then found no room, or a closed queue.
  absl::Status RingFullError() const;
  absl::Status DrainingError() const;

  // How long a new job would wait for a lane.
  batching::Clock::Duration EstimatedWait() const;

  const AdmissionLimits& limits() const { return limits_; }
  bool closed() const { return closed_.load(); }
  int64_t jobs() const { return jobs_.load(); }
  int64_t bytes() const { return bytes_.load(); }

 private:
  friend class AdmissionTicket;

  absl::Status FullError(std::string_view reason, std::string_view what,
                         int64_t value, int64_t limit) const;
  void ReleaseJob(int64_t cost_ns);

  const AdmissionLimits limits_;
  std::atomic<bool> closed_{false};
  std::atomic<int64_t> jobs_{0};
  std::atomic<int64_t> bytes_{0};
  // Sum of image_cost over the admitted jobs.
  std::atomic<int64_t> backlog_ns_{0};
  std::mutex mutex_;
  std::condition_variable idle_;
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
  ~AdmissionTicket() { Release(); }

  // The encoded picture is no longer in memory.
  void ReleaseBytes();
  void Release();

 private:
  friend class Admission;
  AdmissionTicket(Admission& from, int64_t bytes, int64_t cost_ns)
      : from_(&from), bytes_(bytes), cost_ns_(cost_ns) {}
  void Swap(AdmissionTicket& other) noexcept;

  Admission* from_ = nullptr;
  int64_t bytes_ = 0;
  int64_t cost_ns_ = 0;
};

}  // namespace wanwu::pipeline
