#pragma once

#include <chrono>

#include "server/metrics/snapshot.h"
#include "server/metrics/snapshot_window.h"
#include "server/rpc/call_services.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

// What ServerStatus covers. Samples must come at least this often for the
// window to be right to a twentieth.
inline constexpr std::chrono::milliseconds kStatusWindow{5000};
inline constexpr std::chrono::milliseconds kMaxSampleInterval{500};

// Everything counted since the server's start, as it is now.
metrics::Snapshot TakeSnapshot(const CallServices& services);

// Makes one watcher's reports. Not thread-safe.
class StatusReporter {
 public:
  // `services` must outlive the reporter.
  explicit StatusReporter(const CallServices& services);

  // Between reports that are further apart than kMaxSampleInterval.
  void Sample() { window_.Add(TakeSnapshot(services_)); }

  wanwu::v1::ServerStatus Report();

 private:
  const CallServices& services_;
  metrics::SnapshotWindow window_;
};

}  // namespace wanwu::rpc
