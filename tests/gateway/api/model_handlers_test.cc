#include "gateway/api/model_handlers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/gateway/support/api_server.h"
#include "tests/gateway/support/raw_client.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using test::ApiServer;
using test::Get;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;

// Knows every model by the name and version that it is asked for.
const test::Script kModels = {.list_models =
                                  [](auto& response) {
                                    response.set_default_model("resnet18");
                                    response.add_models()->set_name("resnet18");
                                    return grpc::Status::OK;
                                  },
                              .get_model =
                                  [](const auto& request, auto& model) {
                                    if (request.model() == "absent") {
                                      return test::ErrorWithReason(
                                          grpc::StatusCode::NOT_FOUND,
                                          "MODEL_NOT_FOUND", "no such model");
                                    }
                                    model.set_name(request.model());
                                    model.set_version(request.version());
                                    model.set_state(v1::Model::STATE_READY);
                                    return grpc::Status::OK;
                                  }};

class ModelHandlersTest : public ::testing::Test {
 protected:
  RawResponse Ask(const std::string& target, const std::string& headers = "") {
    return RawClient(server_.port()).Ask(Get(target, headers));
  }

  ApiServer server_{kModels};
};

TEST_F(ModelHandlersTest, ListsModels) {
  const RawResponse response = Ask("/v1/models");

  EXPECT_EQ(response.status, 200);
  const json list = json::parse(response.body);
  EXPECT_EQ(list["defaultModel"], "resnet18");
  EXPECT_EQ(list["models"][0]["name"], "resnet18");
}

TEST_F(ModelHandlersTest, DescribesOneModel) {
  const json model = json::parse(Ask("/v1/models/a%20model").body);

  EXPECT_EQ(model["name"], "a model");
  EXPECT_EQ(model["version"], "");
  EXPECT_EQ(model["state"], "STATE_READY");
}

TEST_F(ModelHandlersTest, AsksForTheVersionNamed) {
  EXPECT_EQ(json::parse(Ask("/v1/models/m?version=3").body)["version"], "3");
}

TEST_F(ModelHandlersTest, SaysThatThereIsNoSuchModel) {
  const RawResponse response = Ask("/v1/models/absent");

  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("MODEL_NOT_FOUND"));
}

TEST_F(ModelHandlersTest, RefusesOtherParameters) {
  EXPECT_EQ(Ask("/v1/models/m?v=3").status, 400);
}

TEST_F(ModelHandlersTest, RefusesNamesThatAreNoText) {
  EXPECT_EQ(Ask("/v1/models/%FF").status, 400);
  EXPECT_EQ(Ask("/v1/models/m?version=%FF").status, 400);
}

TEST_F(ModelHandlersTest, RefusesADeadlineThatIsNone) {
  EXPECT_EQ(Ask("/v1/models", "X-Request-Timeout-Ms: x\r\n").status, 400);
}

}  // namespace
}  // namespace wanwu::gateway
