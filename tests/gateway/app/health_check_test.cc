#include "gateway/app/health_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/gateway/support/certificate.h"
#include "tests/gateway/support/http_server.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using ::testing::HasSubstr;

void AddHealth(Router& router) {
  router.Add(verb::get, "/healthz",
             test::TextHandler([](auto&, auto&) { return std::string("ok"); }));
}

absl::Status CheckAt(int port, const std::string& certificate = "") {
  GatewayConfig config;
  config.listen_address = absl::StrCat("127.0.0.1:", port);
  config.tls_certificate_file = certificate;
  return CheckHealth(config);
}

TEST(HealthCheckTest, GatewayThatAnswersLives) {
  test::HttpServer server(AddHealth);
  EXPECT_TRUE(CheckAt(server.port()).ok());
}

TEST(HealthCheckTest, WhoeverServesTlsIsAskedOverTls) {
  boost::asio::ssl::context tls = test::SelfSignedContext();
  test::HttpServer server(AddHealth, {.tls = &tls});
  EXPECT_TRUE(CheckAt(server.port(), "tls.crt").ok());
  EXPECT_FALSE(CheckAt(server.port()).ok());
}

TEST(HealthCheckTest, AnswerThatIsAnErrorIsTold) {
  test::HttpServer server([](Router&) {});
  EXPECT_THAT(std::string(CheckAt(server.port()).message()), HasSubstr("404"));
}

TEST(HealthCheckTest, WhereNobodyListensTheAddressIsTold) {
  int port = 0;
  {
    test::HttpServer server(AddHealth);
    port = server.port();
    server.listener().Stop();
  }
  EXPECT_THAT(std::string(CheckAt(port).message()),
              HasSubstr(absl::StrCat("127.0.0.1:", port)));
}

}  // namespace
}  // namespace wanwu::gateway
