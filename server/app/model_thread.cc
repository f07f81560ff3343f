#include "server/app/model_thread.h"

#include <poll.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "server/errors/service_error.h"
#include "server/pipeline/stand_back.h"

namespace wanwu::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

absl::Status Starting() {
  return errors::ServiceError(absl::StatusCode::kUnavailable,
                              errors::kModelNotReady, "the server is starting",
                              {{std::string(errors::kRetryDelayMs), "1000"}});
}

}  // namespace

ModelThread::ModelThread(Options options, ModelManager& manager,
                         signals::ReloadSignal& reload, logging::Logger& log)
    : options_(std::move(options)),
      manager_(manager),
      reload_(reload),
      log_(log),
      next_poll_(steady_clock::now() + options_.poll_interval) {}

void ModelThread::Start() {
  {
    const std::lock_guard lock(mutex_);
    takes_work_ = true;
  }
  thread_ = std::thread([this] { Run(); });
}

absl::Status ModelThread::Do(const Work& work) {
  std::future<absl::Status> done;
  {
    const std::lock_guard lock(mutex_);
    if (!takes_work_) {
      return stopping_ ? ServerStops() : Starting();
    }
    done = asked_.emplace_back(Asked{work, {}}).done.get_future();
  }
  options_.wake->Set();
  return done.get();
}

void ModelThread::RequestStop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    takes_work_ = false;
    for (Asked& asked : asked_) asked.done.set_value(ServerStops());
    asked_.clear();
  }
  options_.wake->Set();
}

void ModelThread::Join() {
  RequestStop();
  if (thread_.joinable()) thread_.join();
}

void ModelThread::Run() {
  pthread_setname_np(pthread_self(), "wanwu-models");
  pipeline::StandBack(pipeline::kFarBack);
  while (!stopping_) {
    options_.wake->Clear();
    manager_.FreeUnused();
    DoAsked();
    if (reload_.Take()) {
      log_.Info("reload_started", {{"signal", "SIGHUP"}});
      const absl::Status status = manager_.Reload();
      options_.on_change();
      log_.Log(status.ok() ? logging::Level::kInfo : logging::Level::kError,
               "reload_finished", {{"complete", status.ok()}});
    }
    PollIfDue();
    Wait();
  }
}

void ModelThread::DoAsked() {
  for (;;) {
    Asked next;
    {
      const std::lock_guard lock(mutex_);
      if (asked_.empty()) return;
      next = std::move(asked_.front());
      asked_.pop_front();
    }
    const absl::Status status = next.work(manager_);
    options_.on_change();
    next.done.set_value(status);
  }
}

void ModelThread::PollIfDue() {
  if (options_.poll_interval.count() == 0) return;
  if (steady_clock::now() < next_poll_) return;
  manager_.Poll();
  options_.on_change();
  next_poll_ = steady_clock::now() + options_.poll_interval;
}

void ModelThread::Wait() {
  int timeout = -1;
  if (options_.poll_interval.count() > 0) {
    const auto left =
        std::chrono::ceil<milliseconds>(next_poll_ - steady_clock::now());
    timeout = static_cast<int>(std::max<milliseconds::rep>(left.count(), 0));
  }
  std::array<pollfd, 2> events{{{options_.wake->descriptor(), POLLIN, 0},
                                {reload_.descriptor(), POLLIN, 0}}};
  poll(events.data(), events.size(), timeout);
}

}  // namespace wanwu::app
