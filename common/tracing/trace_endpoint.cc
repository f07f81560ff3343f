#include "common/tracing/trace_endpoint.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"

namespace wanwu::tracing {
namespace {

using Kind = TraceEndpoint::Kind;

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "expected grpc://host:port, http://host:port or file:/path");
}

bool StripPrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "host", "host:port" or "[address]:port".
bool SplitAuthority(std::string_view text, TraceEndpoint& endpoint) {
  std::string_view host = text;
  std::string_view rest;
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return false;
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const size_t colon = text.find(':');
             colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  // No user, no query.
  if (host.empty() || host.find_first_of("@?#/ ") != std::string_view::npos) {
    return false;
  }
  endpoint.host = host;
  if (rest.empty()) return true;
  int port = 0;
  if (rest.front() != ':') return false;
  rest.remove_prefix(1);
  endpoint.port = rest;
  return rest.find_first_not_of("0123456789") == std::string_view::npos &&
         absl::SimpleAtoi(absl::string_view(rest.data(), rest.size()), &port) &&
         port >= 1 && port <= 65535;
}

}  // namespace

absl::StatusOr<TraceEndpoint> ParseTraceEndpoint(std::string_view text) {
  TraceEndpoint endpoint;
  if (text.empty()) return endpoint;
  if (StripPrefix(text, "file:")) {
    if (text.empty()) return Malformed();
    endpoint.kind = Kind::kFile;
    endpoint.path = text;
    return endpoint;
  }
  if (StripPrefix(text, "grpc://")) {
    endpoint.kind = Kind::kGrpc;
    endpoint.port = "4317";
  } else if (StripPrefix(text, "http://")) {
    endpoint.kind = Kind::kHttp;
    endpoint.port = "4318";
    const size_t slash = text.find('/');
    const bool bare =
        slash == std::string_view::npos || slash + 1 == text.size();
    endpoint.path = bare ? "/v1/traces" : std::string(text.substr(slash));
    if (endpoint.path.find_first_of(" \t\r\n") != std::string::npos) {
      return Malformed();
    }
    text = text.substr(0, slash);
  } else {
    return Malformed();
  }
  if (!SplitAuthority(text, endpoint)) return Malformed();
  return endpoint;
}

}  // namespace wanwu::tracing
