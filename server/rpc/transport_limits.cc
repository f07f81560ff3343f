#include "server/rpc/transport_limits.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <limits>

namespace wanwu::rpc {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Clients that keep idle connections alive may ping this often: twice as often
// as the busiest are set to, since what they send every second does not come
// so.
constexpr int kMinPingIntervalMs = 500;

// Time for a new connection's first bytes.
constexpr int kHandshakeTimeoutMs = 10'000;

// Of gRPC itself serve reflection, one for each call and one that waits for the
// next. A call beyond that is refused.
constexpr int kMaxThreads = 8;

int ClampedMs(microseconds duration) {
  return static_cast<int>(std::min<milliseconds::rep>(
      std::chrono::ceil<milliseconds>(duration).count(),
      std::numeric_limits<int>::max()));
}

// gRPC takes the largest int for "never".
int MsOrNever(microseconds duration) {
  return duration.count() == 0 ? std::numeric_limits<int>::max()
                               : ClampedMs(duration);
}

}  // namespace

void SetTransportLimits(grpc::ServerBuilder& builder,
                        const TransportLimits& limits) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits.max_message_bytes));
  // gRPC inflates a message before it looks at its size, a thousandfold if the
  // caller so wishes. Pictures are compressed already.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  grpc::ResourceQuota quota("wanwu");
  quota.SetMaxThreads(kMaxThreads);
  if (limits.receive_bytes > 0) quota.Resize(limits.receive_bytes);
  builder.SetResourceQuota(quota);
  const auto set = [&builder](const char* name, int value) {
    builder.AddChannelArgument(name, value);
  };
  const auto metadata = static_cast<int>(limits.max_metadata_bytes);
  set(GRPC_ARG_MAX_METADATA_SIZE, metadata);
#ifdef GRPC_ARG_ABSOLUTE_MAX_METADATA_SIZE
  // Newer versions refuse some of what lies between the two.
  set(GRPC_ARG_ABSOLUTE_MAX_METADATA_SIZE, metadata);
#endif
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.max_concurrent_streams);
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, MsOrNever(limits.connection_idle));
  set(GRPC_ARG_MAX_CONNECTION_AGE_MS, MsOrNever(limits.connection_age));
  set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, ClampedMs(limits.connection_grace));
  set(GRPC_ARG_KEEPALIVE_TIME_MS, MsOrNever(limits.keepalive_time));
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, ClampedMs(limits.keepalive_timeout));
  set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMs);
  set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace wanwu::rpc
