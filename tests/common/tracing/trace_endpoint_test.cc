#include "common/tracing/trace_endpoint.h"

#include <gtest/gtest.h>

namespace wanwu::tracing {
namespace {

using Kind = TraceEndpoint::Kind;

TraceEndpoint Parsed(std::string_view text) {
  const auto endpoint = ParseTraceEndpoint(text);
  EXPECT_TRUE(endpoint.ok()) << text << ": " << endpoint.status();
  return endpoint.value_or(TraceEndpoint());
}

TEST(TraceEndpointTest, EmptyIsNone) {
  EXPECT_EQ(Parsed("").kind, Kind::kNone);
}

TEST(TraceEndpointTest, ReadsGrpc) {
  const TraceEndpoint endpoint = Parsed("grpc://collector:14317");
  EXPECT_EQ(endpoint.kind, Kind::kGrpc);
  EXPECT_EQ(endpoint.host, "collector");
  EXPECT_EQ(endpoint.port, "14317");
  EXPECT_EQ(Parsed("grpc://collector").port, "4317");
  EXPECT_EQ(Parsed("grpc://[::1]:1").host, "::1");
}

TEST(TraceEndpointTest, ReadsHttp) {
  const TraceEndpoint endpoint = Parsed("http://127.0.0.1:14318");
  EXPECT_EQ(endpoint.kind, Kind::kHttp);
  EXPECT_EQ(endpoint.host, "127.0.0.1");
  EXPECT_EQ(endpoint.port, "14318");
  EXPECT_EQ(endpoint.path, "/v1/traces");
  EXPECT_EQ(Parsed("http://[::1]/").path, "/v1/traces");
  EXPECT_EQ(Parsed("http://h/otlp/v1/traces").path, "/otlp/v1/traces");
  EXPECT_EQ(Parsed("http://h").port, "4318");
}

TEST(TraceEndpointTest, ReadsFile) {
  const TraceEndpoint endpoint = Parsed("file:/tmp/traces.jsonl");
  EXPECT_EQ(endpoint.kind, Kind::kFile);
  EXPECT_EQ(endpoint.path, "/tmp/traces.jsonl");
}

TEST(TraceEndpointTest, RefusesTheRest) {
  for (const char* text :
       {"collector:4317", "https://collector", "grpc:collector", "grpc://",
        "grpc://:4317", "grpc://h:0", "grpc://h:65536", "grpc://h:1x",
        "grpc://h:+1", "grpc://h:", "grpc://h:1/path", "grpc://[::1",
        "grpc://user@h", "http://", "http:///v1/traces", "http://h:1/a b",
        "file:", "grpc://[::1]x"}) {
    EXPECT_FALSE(ParseTraceEndpoint(text).ok()) << text;
  }
}

}  // namespace
}  // namespace wanwu::tracing
