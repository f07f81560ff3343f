#include "server/ops/operator_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/server/ops/shown_server.h"

namespace wanwu::ops {
namespace {

using rpc::Serving;
using testing::AllOf;
using testing::HasSubstr;
using namespace test_support;  // NOLINT

class OperatorPagesTest : public testing::Test {
 protected:
  Page Get(const std::string& path, const std::string& query = "") const {
    return pages_.Make({.path = path, .query = query});
  }

  TestServer server_;
  rpc::HealthState health_{{"liveness", "readiness"}};
  const OperatorPages pages_{PartsOf(server_, health_)};
};

TEST_F(OperatorPagesTest, LivenessAndReadinessFollowTheHealthService) {
  EXPECT_EQ(Get("/livez").status, 503);
  EXPECT_EQ(Get("/readyz").status, 503);

  health_.Set("liveness", Serving::kYes);
  EXPECT_EQ(Get("/livez").status, 200);
  EXPECT_EQ(Get("/readyz").status, 503);

  health_.Set("readiness", Serving::kYes);
  EXPECT_EQ(Get("/readyz").status, 200);
}

TEST_F(OperatorPagesTest, VerboseReadinessListsWhatIsNotReady) {
  server_.Install();
  server_.catalog().Put({.name = "late", .version = 2});
  server_.catalog().Put({.name = "broken",
                         .version = 1,
                         .state = pipeline::ModelState::kFailed,
                         .message = "no weights"});

  const Page page = Get("/readyz", "verbose");

  EXPECT_EQ(page.status, 503);
  EXPECT_THAT(page.body,
              AllOf(HasSubstr("[-] the server is starting\n"),
                    HasSubstr("[-] health of \"readiness\"\n"),
                    HasSubstr("[+] model fake version 1 is ready\n"),
                    HasSubstr("[-] model late version 2 is loading\n"),
                    HasSubstr("[-] model broken version 1 failed: no weights"),
                    HasSubstr("\nnot ready\n")));
}

TEST_F(OperatorPagesTest, StatusShowsBuildModelsOptionsAndLastErrors) {
  server_.Install({.time_per_picture = std::chrono::milliseconds(7)});
  server_.parts().error_log.Log(logging::Level::kError, "request_failed",
                                {{"reason", "<b>\n"}});

  const Page page = Get("/statusz");

  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/plain; charset=utf-8");
  EXPECT_THAT(
      page.body,
      AllOf(HasSubstr("wanwu-server 1.2.3"), HasSubstr("  fake version 1\n"),
            HasSubstr(" 1: 7.00"), HasSubstr("lanes: 2  # flag\n"),
            HasSubstr("ERROR request_failed reason=\"<b>\\n\"\n")));
}

TEST_F(OperatorPagesTest, MetricsAreInPrometheusTextFormat) {
  const Page page = Get("/metrics");

  EXPECT_EQ(page.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("# TYPE wanwu_requests_total counter\n"));
}

TEST_F(OperatorPagesTest, AnyOtherPathIsNotFound) {
  EXPECT_EQ(Get("/").status, 404);
  EXPECT_EQ(Get("/metrics/").status, 404);
}

}  // namespace
}  // namespace wanwu::ops
