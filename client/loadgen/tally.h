#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "client/loadgen/clock.h"
#include "client/loadgen/cpu_usage.h"
#include "client/loadgen/latency_histogram.h"

namespace wanwu::loadgen {

// A moment, and the CPU time used until then.
struct Mark {
  TimePoint at;
  CpuReading cpu = {};
};

// Canonical code and reason, such as RESOURCE_EXHAUSTED and QUEUE_FULL.
using ErrorKind = std::pair<std::string, std::string>;

// Where the server says that the time of its answers went.
struct StageTimes {
  LatencyHistogram decode;
  LatencyHistogram queue;
  LatencyHistogram inference;
  LatencyHistogram total;
};

// What was counted between two moments. Not thread-safe.
struct Tally {
  // Requests that were due in it belong to it, whenever their answers came.
  Mark from;
  Mark to;

  std::uint64_t sent = 0;
  // Due, but not sent: too many were in flight.
  std::uint64_t shed = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::map<ErrorKind, std::uint64_t> errors = {};

  // From the scheduled time to the answer, of good answers.
  LatencyHistogram latency = {};
  // From the scheduled time to the sending.
  LatencyHistogram lateness = {};

  // Good answers that came in it, whenever their requests were due; and of
  // these the ones within the deadline.
  std::uint64_t arrived = 0;
  std::uint64_t arrived_in_time = 0;

  // Pictures by the size of the batch that they travelled in.
  std::map<int, std::uint64_t> batch_sizes = {};
  StageTimes stages = {};
  // Who answered, such as "resnet18 version 1, int8".
  std::string model = {};

  double Length() const { return Seconds(to.at - from.at); }
  std::uint64_t Due() const { return sent + shed; }

  // One that follows.
  void Append(const Tally& next);
};

}  // namespace wanwu::loadgen
