#include "server/pipeline/decode_pool.h"

#include <pthread.h>

#include <optional>
#include <utility>

#include "batching/batching_options.h"
#include "server/pipeline/job_errors.h"
#include "server/pipeline/served_model.h"

namespace wanwu::pipeline {

using batching::Clock;

DecodePool::DecodePool(DecodePoolOptions options, const Clock& clock,
                       Forward forward)
    : options_(std::move(options)),
      clock_(clock),
      forward_(std::move(forward)),
      gate_(clock),
      ahead_([this] { gate_.WakeOne(); }),
      interactive_(options_.capacity),
      bulk_(options_.capacity) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this] {
      pthread_setname_np(pthread_self(), "wanwu-decode");
      Work();
    });
  }
}

DecodePool::~DecodePool() { Drain(); }

bool DecodePool::Submit(const ClassifyJobPtr& job) {
  Ring& ring =
      job->priority() == batching::Priority::kBulk ? bulk_ : interactive_;
  if (!ring.TryPush(ClassifyJobPtr(job), job->arrival())) return false;
  gate_.WakeOne();
  return true;
}

void DecodePool::Drain() {
  draining_.store(true);
  gate_.WakeAll();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void DecodePool::Work() {
  while (true) {
    if (HasWork()) {
      DecodeCredit credit = ahead_.TryAcquire();
      if (!credit) continue;
      const ClassifyJobPtr job = Pop();
      if (job == nullptr) continue;
      if (HasWork()) gate_.WakeOne();
      if (job->TryTake()) Decode(job, std::move(credit));
    } else if (Drained()) {
      // Others may be parked since before the last job was taken.
      gate_.WakeAll();
      return;
    } else {
      WaitForWork();
    }
  }
}

void DecodePool::WaitForWork() {
  const auto ticket = gate_.Prepare();
  if (HasWork() || Drained()) {
    gate_.Cancel();
  } else {
    gate_.Wait(ticket);
  }
}

bool DecodePool::HasWork() const {
  return ahead_.available() && (interactive_.OldestGuess().has_value() ||
                                bulk_.OldestGuess().has_value());
}

bool DecodePool::Drained() const {
  return draining_.load() && interactive_.SizeGuess() == 0 &&
         bulk_.SizeGuess() == 0;
}

ClassifyJobPtr DecodePool::Pop() {
  std::optional<ClassifyJobPtr> job = OldestRing().TryPop();
  return job.has_value() ? *std::move(job) : nullptr;
}

// The same rule as the lanes': bulk work counts as younger than it is.
DecodePool::Ring& DecodePool::OldestRing() {
  const auto interactive = interactive_.OldestGuess();
  const auto bulk = bulk_.OldestGuess();
  if (!bulk.has_value()) return interactive_;
  if (!interactive.has_value()) return bulk_;
  return *bulk + batching::kBulkHandicap < *interactive ? bulk_ : interactive_;
}

void DecodePool::Decode(const ClassifyJobPtr& job, DecodeCredit credit) {
  const Clock::TimePoint start = clock_.Now();
  if (job->deadline() <= start) return job->Finish(DeadlineExceededError());
  absl::StatusOr<image::PixelTensor> tensor = image::DecodePicture(
      job->picture().bytes, job->model().tensor_spec(), options_.decode);
  job->timings().decode = clock_.Now() - start;
  if (!tensor.ok()) return job->Finish(tensor.status());
  job->SetDecoded(*std::move(tensor), std::move(credit));
  if (!job->TryRelease()) return job->Finish(CancelledError());
  forward_(job);
}

}  // namespace wanwu::pipeline
