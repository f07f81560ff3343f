#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace wanwu::tracing {

// Where spans go.
struct TraceEndpoint {
  enum class Kind { kNone, kGrpc, kHttp, kFile };

  Kind kind = Kind::kNone;
  // kGrpc and kHttp.
  std::string host = {};  // without brackets
  std::string port = {};
  // kHttp: of the URL; kFile: the file.
  std::string path = {};
};

// "", "grpc://host:port", "http://host:port", also with a path, or
// "file:/path"; without a port OTLP's own.
absl::StatusOr<TraceEndpoint> ParseTraceEndpoint(std::string_view text);

}  // namespace wanwu::tracing
