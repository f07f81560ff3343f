#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>

namespace wanwu::rpc {

inline google::protobuf::Duration ToProto(std::chrono::nanoseconds duration) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(duration);
  google::protobuf::Duration proto;
  proto.set_seconds(seconds.count());
  proto.set_nanos(static_cast<int32_t>((duration - seconds).count()));
  return proto;
}

}  // namespace wanwu::rpc
