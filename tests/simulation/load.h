#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "tests/simulation/virtual_server.h"

namespace wanwu::simulation {

// The 2-CPU machine of most scenarios: two lanes, which decode.
inline pipeline::PipelineOptions TwoCpus() {
  pipeline::PipelineOptions options;
  options.lanes = 2;
  return options;
}

// Pictures a second that `cpus` can decode and classify in full batches.
inline double Capacity(const VirtualModel& model, Clock::Duration decode,
                       double cpus = 2) {
  const Clock::Duration batch =
      model.first_picture + (model.batch_size - 1) * model.each_further;
  const Clock::Duration one = decode + batch / model.batch_size;
  return cpus / std::chrono::duration<double>(one).count();
}

// Requests that come whether or not the server keeps up, at random (Poisson).
class OpenLoad {
 public:
  explicit OpenLoad(VirtualServer& server, unsigned seed = 1)
      : server_(server), random_(seed) {}

  // `rate` a second for `length`, from when the previous call ended.
  void Run(double rate, std::chrono::milliseconds length,
           const VirtualRequest& request) {
    const Clock::TimePoint end = server_.now() + length;
    Clock::TimePoint next = server_.now();
    for (;;) {
      next += std::chrono::duration_cast<Clock::Duration>(
          std::chrono::duration<double>(-std::log(Uniform()) / rate));
      if (next >= end) break;
      server_.cpus().RunUntil(next);
      answers_.push_back(&server_.Send(request));
    }
    server_.cpus().RunUntil(end);
  }

  const std::vector<const VirtualAnswer*>& answers() const { return answers_; }

  // In (0, 1]; the same on every platform, unlike std's distributions.
  double Uniform() {
    return (static_cast<double>(random_()) + 1) /
           (static_cast<double>(std::mt19937::max()) + 1);
  }

 private:
  VirtualServer& server_;
  std::mt19937 random_;
  std::vector<const VirtualAnswer*> answers_;
};

// Callers that each send their next request when they are told of the last.
class ClosedLoad {
 public:
  ClosedLoad(VirtualServer& server, int in_flight,
             const VirtualRequest& request)
      : server_(server), request_(request) {
    for (int i = 0; i < in_flight; ++i) SendNext();
  }
  // One caller each, numbered from `first_client`.
  ClosedLoad(VirtualServer& server, int callers, VirtualRequest request,
             uint64_t first_client)
      : server_(server), request_(request) {
    for (int i = 0; i < callers; ++i) {
      request.client = first_client + static_cast<uint64_t>(i);
      Send(request);
    }
  }
  ClosedLoad(const ClosedLoad&) = delete;
  ClosedLoad& operator=(const ClosedLoad&) = delete;

  const std::vector<const VirtualAnswer*>& answers() const { return answers_; }

 private:
  void SendNext() { Send(request_); }
  void Send(const VirtualRequest& request) {
    answers_.push_back(
        &server_.Send(request, [this, request](const VirtualAnswer&) {
          // Not at once: a refusal must not become an endless loop.
          server_.cpus().At(server_.now() + std::chrono::milliseconds(1),
                            [this, request] { Send(request); });
        }));
  }

  VirtualServer& server_;
  const VirtualRequest request_;
  std::vector<const VirtualAnswer*> answers_;
};

struct Period {
  Clock::TimePoint begin;
  Clock::TimePoint end;
};

// What came of the requests that were sent in a period.
struct Figures {
  double good_per_second = 0;
  // CPU time spent on requests whose callers had gone, of all that was spent.
  double wasted = 0;
  int refused = 0;
  std::vector<double> latencies_ms;  // Of those in time, sorted.

  double Percentile(double quantile) const {
    if (latencies_ms.empty()) return 0;
    const auto last = static_cast<double>(latencies_ms.size() - 1);
    return latencies_ms[static_cast<size_t>(quantile * last)];
  }
};

inline Figures FiguresOf(const std::vector<const VirtualAnswer*>& answers,
                         const Period& period) {
  Figures figures;
  Clock::Duration work{};
  Clock::Duration wasted{};
  for (const VirtualAnswer* answer : answers) {
    if (answer->sent < period.begin || answer->sent >= period.end) continue;
    work += answer->work;
    if (answer->in_time) {
      figures.latencies_ms.push_back(
          std::chrono::duration<double, std::milli>(answer->latency).count());
    } else {
      wasted += answer->work;
    }
    if (!answer->admitted) ++figures.refused;
  }
  std::sort(figures.latencies_ms.begin(), figures.latencies_ms.end());
  figures.good_per_second =
      static_cast<double>(figures.latencies_ms.size()) /
      std::chrono::duration<double>(period.end - period.begin).count();
  if (work > Clock::Duration::zero()) {
    figures.wasted = std::chrono::duration<double>(wasted).count() /
                     std::chrono::duration<double>(work).count();
  }
  return figures;
}

}  // namespace wanwu::simulation
