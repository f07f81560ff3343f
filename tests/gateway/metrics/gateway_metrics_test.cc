#include "gateway/metrics/gateway_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/gateway/support/http_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using std::chrono::milliseconds;
using test::Get;
using test::HttpServer;
using test::RawClient;
using ::testing::HasSubstr;
using ::testing::Not;

class GatewayMetricsTest : public ::testing::Test {
 protected:
  // Counts a request that a handler answered.
  void Count(const std::string& route, const std::string& method,
             milliseconds duration = milliseconds(1)) {
    // An exchange comes with a connection only, so here is one.
    HttpServer server([&](Router& router) {
      router.SetFallback(test::TextHandler([&](auto& exchange, auto&) {
        metrics_.OnExchange(exchange, route, duration);
        return std::string();
      }));
    });
    RawClient(server.port()).Ask(method + " /any HTTP/1.1\r\nHost: h\r\n\r\n");
  }

  bool serving_ = false;
  ByteBudget budget_{1000};
  GatewayMetrics metrics_{"1.2.3", budget_, [this] { return serving_; }};
};

TEST_F(GatewayMetricsTest, CountsByRouteMethodAndStatus) {
  Count("/v1/classify", "POST");
  Count("/v1/classify", "POST");

  // Told before the handler has answered, so there is no status.
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("wanwu_gateway_requests_total{code=\"0\",method="
                        "\"POST\",route=\"/v1/classify\"} 2\n"));
}

TEST_F(GatewayMetricsTest, CountsWhatHasNoRouteAsStatic) {
  Count("", "GET");

  EXPECT_THAT(metrics_.Render(), HasSubstr("route=\"static\""));
}

TEST_F(GatewayMetricsTest, KeepsCallersFromMakingUpLabels) {
  Count("/x", "FROBNICATE");

  EXPECT_THAT(metrics_.Render(), HasSubstr("method=\"other\""));
  EXPECT_THAT(metrics_.Render(), Not(HasSubstr("FROBNICATE")));
}

TEST_F(GatewayMetricsTest, SortsDurationsIntoBuckets) {
  Count("/x", "GET", milliseconds(6));

  EXPECT_THAT(
      metrics_.Render(),
      HasSubstr("wanwu_gateway_request_duration_seconds_bucket{route=\"/x\","
                "le=\"0.005\"} 0\n"));
  EXPECT_THAT(
      metrics_.Render(),
      HasSubstr("wanwu_gateway_request_duration_seconds_bucket{route=\"/x\","
                "le=\"0.0075\"} 1\n"));
}

TEST_F(GatewayMetricsTest, CountsWhatWasRefusedUnread) {
  metrics_.OnRefused(431);

  EXPECT_THAT(metrics_.Render(),
              HasSubstr("wanwu_gateway_requests_total{code=\"431\",method="
                        "\"other\",route=\"unread\"} 1\n"));
}

TEST_F(GatewayMetricsTest, ShowsConnectionsOfTheMoment) {
  metrics_.OnConnections(3);
  metrics_.OnConnections(2);

  EXPECT_THAT(metrics_.Render(), HasSubstr("wanwu_gateway_connections 2\n"));
}

TEST_F(GatewayMetricsTest, ShowsTheBuffersOfTheMoment) {
  BudgetShare share(budget_);
  ASSERT_TRUE(share.TryGrow(7));

  EXPECT_THAT(metrics_.Render(), HasSubstr("wanwu_gateway_buffer_bytes 7\n"));
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("wanwu_gateway_buffer_limit_bytes 1000\n"));
}

TEST_F(GatewayMetricsTest, ShowsWhetherTheServerServes) {
  EXPECT_THAT(metrics_.Render(), HasSubstr("wanwu_gateway_server_serving 0\n"));

  serving_ = true;

  EXPECT_THAT(metrics_.Render(), HasSubstr("wanwu_gateway_server_serving 1\n"));
}

TEST_F(GatewayMetricsTest, NamesItsVersion) {
  EXPECT_THAT(metrics_.Render(),
              HasSubstr("wanwu_gateway_build_info{version=\"1.2.3\"} 1\n"));
}

TEST_F(GatewayMetricsTest, IsServedAsPrometheusReadsIt) {
  const HttpServer server([this](Router& router) {
    router.Add(verb::get, "/metrics", ServeMetrics(metrics_));
  });

  const test::RawResponse response =
      RawClient(server.port()).Ask(Get("/metrics"));

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.Header("content-type"), HasSubstr("text/plain"));
  EXPECT_THAT(response.body,
              HasSubstr("# TYPE wanwu_gateway_connections gauge"));
}

}  // namespace
}  // namespace wanwu::gateway
