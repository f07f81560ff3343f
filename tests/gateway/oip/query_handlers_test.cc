#include "gateway/oip/query_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/client/support/fake_server.h"
#include "tests/gateway/oip/fake_inference.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;
using nlohmann::json;
using test::Get;
using test::RawClient;
using test::RawResponse;

class QueryHandlersTest : public ::testing::Test {
 protected:
  QueryHandlersTest() {
    server_.metadata = [](auto&, const auto& request, auto& response) {
      if (request.name() == "absent") {
        return test::ErrorWithReason(grpc::StatusCode::NOT_FOUND,
                                     "MODEL_NOT_FOUND", "no such model");
      }
      response.set_name(request.name());
      response.add_versions(request.version());
      return grpc::Status::OK;
    };
    server_.statistics = [](auto&, const auto& request, auto& response) {
      response.add_model_stats()->set_name("[" + request.name() + "]");
      return grpc::Status::OK;
    };
  }

  RawResponse Ask(const std::string& target) {
    return RawClient(http_.port()).Ask(Get(target));
  }

  test::FakeInference server_;
  client::AsyncClient client_{{.address = server_.address()}};
  test::HttpServer http_{[this](Router& router) {
    router.Add(verb::get, "/v2", ServeServerMetadata(client_, {}));
    router.Add(verb::get, "/v2/health/live", ServeInferenceLiveness());
    router.Add(verb::get, "/v2/models/stats",
               ServeModelStatistics(client_, {}));
    router.Add(verb::get, "/v2/models/{model}",
               ServeModelMetadata(client_, {}));
    router.Add(verb::get, "/v2/models/{model}/ready",
               ServeModelReady(client_, {}));
    router.Add(verb::get, "/v2/models/{model}/versions/{version}",
               ServeModelMetadata(client_, {}));
    router.Add(verb::get, "/v2/models/{model}/stats",
               ServeModelStatistics(client_, {}));
    router.Add(verb::post, "/v2/repository/index",
               ServeRepositoryIndex(client_, {}));
  }};
};

TEST_F(QueryHandlersTest, DescribesTheServer) {
  EXPECT_EQ(json::parse(Ask("/v2/health/live").body), json({{"live", true}}));
  const json server = json::parse(Ask("/v2").body);
  EXPECT_EQ(server["name"], "fake");
  EXPECT_EQ(server["extensions"], json({"classification"}));
}

TEST_F(QueryHandlersTest, AsksForTheModelAndVersionInThePath) {
  EXPECT_EQ(json::parse(Ask("/v2/models/a%20model").body)["name"], "a model");
  const json model = json::parse(Ask("/v2/models/m/versions/3").body);
  EXPECT_EQ(model["name"], "m");
  EXPECT_EQ(model["versions"], json({"3"}));
}

TEST_F(QueryHandlersTest, OfAModelThatIsNotReadyTellsWhy) {
  EXPECT_EQ(json::parse(Ask("/v2/models/m/ready").body),
            json({{"name", "m"}, {"ready", true}}));
  const RawResponse refusal = Ask("/v2/models/absent/ready");
  EXPECT_EQ(refusal.status, 404);
  EXPECT_EQ(json::parse(refusal.body)["error"], "no such model");
  EXPECT_EQ(Ask("/v2/models/%ff").status, 400);
}

TEST_F(QueryHandlersTest, CountsForAllModelsOrForOne) {
  EXPECT_EQ(json::parse(Ask("/v2/models/stats").body)["model_stats"][0]["name"],
            "[]");
  EXPECT_EQ(
      json::parse(Ask("/v2/models/m/stats").body)["model_stats"][0]["name"],
      "[m]");
}

TEST_F(QueryHandlersTest, ListsTheRepository) {
  const RawResponse response =
      RawClient(http_.port()).Ask(test::Post("/v2/repository/index", ""));

  EXPECT_EQ(json::parse(response.body)[0]["name"], "m");
}

}  // namespace
}  // namespace wanwu::gateway
