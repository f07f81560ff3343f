#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "batching/batch_runner.h"
#include "batching/job.h"

namespace wanwu::batching {

class NumberedJob final : public Job {
 public:
  NumberedJob(int number, const JobTimes& times)
      : Job(times), number_(number) {}
  [[nodiscard]] int number() const { return number_; }

 private:
  const int number_;
};

inline JobPtr MakeJob(int number, const JobTimes& times) {
  return std::make_shared<NumberedJob>(number, times);
}

inline int NumberOf(const JobPtr& job) {
  return static_cast<const NumberedJob&>(*job).number();
}

// Writes down what it is asked to do, and can hold lanes inside Run until told
// to let them go. Thread-safe.
class RecordingRunner final : public BatchRunner {
 public:
  struct Call {
    int lane;
    std::thread::id thread;
    std::vector<int> numbers;
  };

  void Run(int lane, std::span<const JobPtr> batch) override {
    Call call{lane, std::this_thread::get_id(), {}};
    for (const JobPtr& job : batch) call.numbers.push_back(NumberOf(job));
    std::unique_lock lock(mu_);
    jobs_started_ += batch.size();
    calls_.push_back(std::move(call));
    changed_.notify_all();
    changed_.wait(lock, [this] { return !holding_; });
  }

  void Expire(const JobPtr& job) override {
    const std::lock_guard lock(mu_);
    expired_.push_back(NumberOf(job));
    changed_.notify_all();
  }

  [[nodiscard]] Clock::Duration ExpectedTime(int size) const noexcept override {
    return size * expected_time_.load();
  }

  // For each job of a batch.
  void set_expected_time(Clock::Duration time) { expected_time_ = time; }

  void Hold() {
    const std::lock_guard lock(mu_);
    holding_ = true;
  }

  void LetGo() {
    const std::lock_guard lock(mu_);
    holding_ = false;
    changed_.notify_all();
  }

  void AwaitCalls(std::size_t calls) {
    std::unique_lock lock(mu_);
    changed_.wait(lock, [&] { return calls_.size() >= calls; });
  }

  void AwaitJobs(std::size_t jobs) {
    std::unique_lock lock(mu_);
    changed_.wait(lock,
                  [&] { return jobs_started_ + expired_.size() >= jobs; });
  }

  [[nodiscard]] std::vector<Call> calls() const {
    const std::lock_guard lock(mu_);
    return calls_;
  }

  // Numbers by batch, in the order in which batches started.
  [[nodiscard]] std::vector<std::vector<int>> batches() const {
    const std::lock_guard lock(mu_);
    std::vector<std::vector<int>> batches;
    for (const Call& call : calls_) batches.push_back(call.numbers);
    return batches;
  }

  [[nodiscard]] std::vector<int> expired() const {
    const std::lock_guard lock(mu_);
    return expired_;
  }

  [[nodiscard]] std::size_t jobs_handled() const {
    const std::lock_guard lock(mu_);
    return jobs_started_ + expired_.size();
  }

 private:
  mutable std::mutex mu_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::size_t jobs_started_ = 0;
  std::vector<Call> calls_;
  std::vector<int> expired_;
  std::atomic<Clock::Duration> expected_time_{};
};

}  // namespace wanwu::batching
