#pragma once

#include <chrono>
#include <mutex>

#include "server/metrics/snapshot_window.h"
#include "server/rpc/grpc_server_parts.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

// What ServerStatus covers. Samples must come at least this often for the
// window to be right to a twentieth.
inline constexpr std::chrono::milliseconds kStatusWindow{5000};
inline constexpr std::chrono::milliseconds kMaxSampleInterval{500};

wanwu::v1::ServerStatus::State ToProto(ServerState state);

// Makes the reports of all watchers, who share its snapshots of the last
// seconds: one watcher's figures reach back as far as any has sampled.
// Thread-safe.
class StatusReporter {
 public:
  // The parts must outlive the reporter.
  explicit StatusReporter(const GrpcServerParts& parts);

  // Between reports that are further apart than kMaxSampleInterval.
  void Sample();

  wanwu::v1::ServerStatus Report();

 private:
  metrics::Snapshot TakeSnapshot() const;

  const GrpcServerParts parts_;
  std::mutex mutex_;
  // Guarded by mutex_.
  metrics::SnapshotWindow window_;
};

}  // namespace wanwu::rpc
