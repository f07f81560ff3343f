#include "tests/simulation/virtual_server.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/pipeline/job_errors.h"

namespace wanwu::simulation {
namespace {

using pipeline::ClassifyJob;

// One way between caller and server.
constexpr Clock::Duration kTransit = std::chrono::milliseconds(1);
// What the kernel gives a thread with nice 10 beside one with nice 0.
constexpr double kLargeWeight = 0.1;

Clock::Duration Times(double factor, Clock::Duration duration) {
  return std::chrono::duration_cast<Clock::Duration>(factor * duration);
}

}  // namespace

// Stands for the model in its queue, and says how long it really takes.
class VirtualServer::Model final : public batching::BatchRunner {
 public:
  Model(const VirtualModel& model, const std::string& name)
      : model_(model), fake_(test_support::MakeFakeModel({.name = name})) {
    std::vector<model::BatchTime> believed;
    for (int size = 1; size <= model.batch_size; ++size) {
      believed.push_back({size, Times(model.believed_times, TimeOf(size))});
    }
    fake_.served->SetBatchPlan(believed, model.batch_size);
  }

  const std::shared_ptr<pipeline::ServedModel>& served() const {
    return fake_.served;
  }
  Clock::Duration TimeOf(int size) const {
    return model_.first_picture + (size - 1) * model_.each_further;
  }

  // The lanes of this simulation do that.
  void Run(int, std::span<const batching::JobPtr>) override {}
  void Expire(const batching::JobPtr&) override {}
  Clock::Duration ExpectedTime(int size) const noexcept override {
    return fake_.served->ElapsedTime(size);
  }

 private:
  const VirtualModel model_;
  test_support::FakeModel fake_;
};

class VirtualServer::Job final : public pipeline::JobListener {
 public:
  Job(VirtualServer& server, const VirtualRequest& sent,
      std::function<void(const VirtualAnswer&)> on_told)
      : request(sent), server_(server), on_told_(std::move(on_told)) {
    answer.sent = server.now();
    const Clock::TimePoint arrival = server.now() + kTransit;
    batching::JobTimes times{.arrival = arrival};
    if (request.deadline > Clock::Duration::zero()) {
      times.deadline = arrival + request.deadline;
    }
    job = std::make_shared<ClassifyJob>(
        pipeline::JobRequest{
            .model =
                server.models_[static_cast<size_t>(request.model)]->served(),
            .picture = {},
            .priority = request.priority,
            .times = times,
            .client = request.client},
        *this);
  }

  void OnJobDone() noexcept override { Tell(job->outcome().ok()); }

  void Tell(bool ok) {
    ++answer.times_told;
    answer.ok = ok;
    answer.latency = server_.now() + kTransit - answer.sent;
    answer.in_time = ok && !gone &&
                     (request.deadline == Clock::Duration::zero() ||
                      answer.latency <= request.deadline);
    if (on_told_) on_told_(answer);
  }

  const VirtualRequest request;
  VirtualAnswer answer;
  pipeline::ClassifyJobPtr job;
  bool gone = false;
  // While it is being decoded.
  std::optional<VirtualCpus::TaskId> decode;
  std::function<void()> stop_decode;

 private:
  VirtualServer& server_;
  const std::function<void(const VirtualAnswer&)> on_told_;
};

VirtualServer::Decoders::Decoders(VirtualServer& server, int count,
                                  double thread_weight)
    : idle(count),
      weight(thread_weight),
      queue(
          [&server](const pipeline::ServedModel& model) {
            return server.costs_.MostDecodedAhead(model);
          },
          [] {}) {}

VirtualServer::VirtualServer(int cpus, pipeline::PipelineOptions options)
    : options_(std::move(options)),
      lanes_feed_(options_.decode_threads == 0),
      costs_({options_.lanes, DecodersOf(options_), options_.decoder_bytes}),
      admission_(LimitsOf(options_), clock_),
      small_(*this, options_.decode_threads, 1),
      large_(*this, DecodersOf(options_), kLargeWeight),
      gate_(clock_),
      table_(gate_, clock_),
      lanes_(static_cast<size_t>(options_.lanes)),
      cpus_(cpus, clock_) {}

VirtualServer::~VirtualServer() = default;

int VirtualServer::AddModel(const VirtualModel& model) {
  const int index = static_cast<int>(models_.size());
  models_.push_back(
      std::make_unique<Model>(model, "m" + std::to_string(index)));
  models_.back()->served()->SetQueue(
      *table_.Add(std::make_unique<batching::ModelQueue>(
          batching::QueueOptions{.capacity = 4096,
                                 .max_batch_size = model.batch_size,
                                 .max_queue_delay = options_.max_queue_delay},
          *models_.back())));
  return index;
}

const VirtualAnswer& VirtualServer::Send(
    const VirtualRequest& request,
    std::function<void(const VirtualAnswer&)> on_told) {
  Job& job = *jobs_.emplace_back(
      std::make_unique<Job>(*this, request, std::move(on_told)));
  by_job_.emplace(job.job.get(), &job);
  cpus_.At(now() + kTransit, [this, &job] {
    const VirtualRequest& sent = job.request;
    image::PictureProbe picture;
    picture.decoder_bytes = sent.decoder_bytes;
    picture.decode_time = Times(sent.believed_times, sent.decode);
    const pipeline::JobCost cost = costs_.Estimate(picture, job.job->model());
    job.job->SetCost(cost);
    auto ticket = admission_.TryAdmit(
        {.share = job.job->share(),
         .bytes = 1000,
         .work = cost.work(),
         .service_time = costs_.ServiceTime(
             cost, job.job->model(), admission_.jobs_beside(job.job->share())),
         .deadline = job.job->deadline()});
    if (!ticket.ok()) return job.Tell(false);
    job.answer.admitted = true;
    job.job->Admit(*std::move(ticket));
    (costs_.IsLarge(cost) ? large_ : small_).queue.Push(job.job);
    Dispatch();
  });
  std::optional<Clock::Duration> stays = request.leaves_after;
  if (request.deadline > Clock::Duration::zero()) {
    stays = std::min(stays.value_or(request.deadline), request.deadline);
  }
  if (stays.has_value()) {
    cpus_.At(now() + *stays + kTransit, [this, &job] { Leave(job); });
  }
  return job.answer;
}

void VirtualServer::Leave(Job& job) {
  if (job.answer.times_told > 0 || !job.answer.admitted) return;
  job.gone = true;
  if (job.job->Cancel() == batching::CancelOutcome::kCancelled) {
    job.job->Finish(pipeline::CancelledError());
  } else if (const auto stop = std::exchange(job.stop_decode, nullptr)) {
    stop();
  }
  Dispatch();
}

void VirtualServer::Dispatch() {
  if (dispatching_) return;
  dispatching_ = true;
  while (DispatchLane() || DispatchDecode(small_) || DispatchDecode(large_)) {
  }
  dispatching_ = false;
}

bool VirtualServer::DispatchDecode(Decoders& decoders) {
  if (decoders.idle == 0) return false;
  --decoders.idle;
  return Decode(decoders, [&decoders] { ++decoders.idle; });
}

bool VirtualServer::Decode(Decoders& decoders,
                           const std::function<void()>& end_work) {
  std::optional<pipeline::DecodeQueue::Granted> granted = decoders.queue.Pop();
  if (!granted.has_value()) {
    end_work();
    return false;
  }
  ClassifyJob& job = *granted->job;
  if (job.LatestInference() <= now() + job.cost().decode) {
    end_work();
    job.Finish(pipeline::DeadlineExceededError());
    return true;
  }
  Job& own = *by_job_.at(&job);
  auto kept =
      std::make_shared<pipeline::DecodeQueue::Granted>(*std::move(granted));
  own.decode = cpus_.Start(own.request.decode, decoders.weight,
                           [this, &own, kept, end_work] {
                             own.answer.work += own.request.decode;
                             end_work();
                             Decoded(own, std::move(*kept));
                           });
  own.stop_decode = [this, &own, kept, end_work] {
    own.answer.work += own.request.decode - cpus_.Stop(*own.decode);
    end_work();
    kept->credit.Release();
    own.job->Finish(pipeline::CancelledError());
  };
  return true;
}

bool VirtualServer::Feed(Lane& lane) {
  lane.feeding = true;
  ++lane.fed;
  return Decode(small_, [&lane] { lane.feeding = false; });
}

void VirtualServer::Decoded(Job& own, pipeline::DecodeQueue::Granted granted) {
  own.stop_decode = nullptr;
  ClassifyJob& job = *own.job;
  costs_.decode_estimate().Observe(job.cost().picture, own.request.decode);
  job.SetDecoded({}, std::move(granted.credit));
  if (!job.TryRelease()) {
    job.Finish(pipeline::CancelledError());
  } else {
    batching::ModelQueue* queue =
        table_.Enter(job.model().queue(), batching::QueueSlot::Visit::kSubmit);
    const bool pushed =
        queue->TryPush(job.LanePriority(granted.first), own.job);
    if (!pushed) std::abort();
  }
  Dispatch();
}

int VirtualServer::IdleLanes() const {
  return static_cast<int>(
      std::count_if(lanes_.begin(), lanes_.end(),
                    [](const Lane& lane) { return !lane.busy; }));
}

bool VirtualServer::DispatchLane() {
  const auto lane =
      std::find_if(lanes_.begin(), lanes_.end(),
                   [](const Lane& it) { return !it.busy && !it.feeding; });
  if (lane == lanes_.end()) return false;
  const batching::QueueChoice choice = table_.ChooseNext(now());
  if (!choice.any()) {
    lane->fed = 0;
    return lanes_feed_ && Feed(*lane);
  }
  batching::FormingConditions conditions{
      .idle_lanes = IdleLanes(), .now = now(), .kind = table_.NextKind(choice)};
  if (lanes_feed_) {
    conditions.waiting = small_.queue.Waiting(conditions.kind);
  }
  const auto& chosen = *choice.best(conditions.kind);
  batching::ModelQueue& queue = *table_.EnterSlot(chosen.slot);
  if (FeedsFirst(queue, conditions, lane->fed)) {
    table_.LeaveSlot(chosen.slot, 1);
    return Feed(*lane) || DispatchLane();
  }
  lane->fed = 0;
  FormBatch(queue, conditions, lane->batch);
  const int size = static_cast<int>(lane->batch.jobs.size());
  table_.CountServed(
      queue, choice, conditions.kind,
      size > 0 ? queue.runner().ExpectedTime(size) : Clock::Duration::zero());
  for (const auto& expired : lane->batch.expired) {
    static_cast<ClassifyJob&>(*expired).Finish(
        pipeline::DeadlineExceededError());
  }
  if (size == 0) {
    table_.LeaveSlot(chosen.slot, lane->batch.popped() + 1);
    lane->batch.Clear();
  } else {
    RunBatch(*lane, static_cast<Model&>(queue.runner()), chosen.slot);
  }
  return true;
}

void VirtualServer::RunBatch(Lane& lane, Model& model, size_t slot) {
  lane.busy = true;
  const int size = static_cast<int>(lane.batch.jobs.size());
  const Clock::Duration time = model.TimeOf(size);
  for (const auto& job : lane.batch.jobs) {
    static_cast<ClassifyJob&>(*job).ReleaseDecodeCredit();
  }
  cpus_.Start(time, 1, [this, &lane, &model, slot, size, time, start = now()] {
    model.served()->ObserveBatch(size, time, now() - start);
    for (const auto& entry : lane.batch.jobs) {
      auto& job = static_cast<ClassifyJob&>(*entry);
      by_job_.at(&job)->answer.work += time / size;
      job.Finish(pipeline::JobAnswer{});
    }
    const size_t popped = lane.batch.popped();
    lane.batch.Clear();
    table_.LeaveSlot(slot, popped + 1);
    lane.busy = false;
    Dispatch();
  });
}

}  // namespace wanwu::simulation
