#pragma once

#include <chrono>
#include <cstddef>

namespace grpc {
class ServerBuilder;
}

namespace wanwu::rpc {

// What callers may ask of the transport, before any of our code sees a call.
struct TransportLimits {
  // Larger messages are refused by gRPC itself, so this lies above the limit
  // of a picture, whose error says more.
  size_t max_message_bytes = size_t{20} << 20;
  // All that gRPC holds of what is being received, and its connections. Beyond
  // it gRPC closes connections without calls and ends calls, whichever come
  // first. 0: no limit.
  size_t receive_bytes = 0;
  // Of a call's head, names and values and 32 bytes for each pair.
  size_t max_metadata_bytes = size_t{8} << 10;
  int max_connections = 4096;         // 0: what the descriptors allow
  int max_concurrent_streams = 1024;  // calls per connection
  // A connection without a call for so long is closed. 0: none is.
  std::chrono::microseconds connection_idle = std::chrono::minutes(10);
  // So old a connection is told to go, give or take a tenth, and closed when
  // its calls have ended or, at the latest, after the grace. 0: none is.
  std::chrono::microseconds connection_age = std::chrono::minutes(30);
  std::chrono::microseconds connection_grace = std::chrono::minutes(1);
  // How long a peer may be silent before it is asked whether it is there, and
  // how long it then has to answer before the connection is closed.
  std::chrono::microseconds keepalive_time = std::chrono::minutes(1);
  std::chrono::microseconds keepalive_timeout = std::chrono::seconds(20);
};

void SetTransportLimits(grpc::ServerBuilder& builder,
                        const TransportLimits& limits);

}  // namespace wanwu::rpc
