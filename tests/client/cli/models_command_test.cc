#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "client/cli/exit_code.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/process.h"

namespace wanwu::cli {
namespace {

using test::FakeServer;
using test::Outcome;
using testing::HasSubstr;

Outcome Models(const FakeServer& server, std::vector<std::string> more = {}) {
  std::vector<std::string> call = {WANWU_BINARY, "models", "--address",
                                   server.address()};
  call.insert(call.end(), more.begin(), more.end());
  return test::RunProcess({.arguments = call});
}

grpc::Status TwoModels(v1::ListModelsResponse& response) {
  response.set_default_model("resnet18");
  response.add_models()->set_name("efficientnet_lite0");
  response.add_models()->set_name("resnet18");
  return grpc::Status::OK;
}

grpc::Status OnlyResnet18(const v1::GetModelRequest& request,
                          v1::Model& model) {
  if (request.model() != "resnet18") {
    return test::ErrorWithReason(grpc::StatusCode::NOT_FOUND, "MODEL_NOT_FOUND",
                                 "there is no model " + request.model());
  }
  model.set_name("resnet18");
  model.set_version(request.version().empty() ? "7" : request.version());
  model.set_state(v1::Model::STATE_READY);
  return grpc::Status::OK;
}

TEST(ModelsCommandTest, ListsTheModels) {
  FakeServer server({.list_models = TwoModels});

  const Outcome outcome = Models(server);

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.out, HasSubstr("efficientnet_lite0"));
  EXPECT_THAT(outcome.out, HasSubstr("resnet18 (default)"));
}

TEST(ModelsCommandTest, PrintsTheServersAnswerAsJson) {
  FakeServer server({.list_models = TwoModels});

  const auto json =
      nlohmann::json::parse(Models(server, {"--output", "json"}).out);

  EXPECT_EQ(json["defaultModel"], "resnet18");
  EXPECT_EQ(json["models"][1]["name"], "resnet18");
}

TEST(ModelsCommandTest, DescribesTheModelNamed) {
  FakeServer server({.get_model = OnlyResnet18});

  const Outcome outcome = Models(server, {"resnet18"});

  EXPECT_EQ(outcome.code, kExitOk);
  EXPECT_THAT(outcome.out, HasSubstr("version     7\n"));
}

TEST(ModelsCommandTest, DescribesTheVersionNamed) {
  FakeServer server({.get_model = OnlyResnet18});

  const auto json = nlohmann::json::parse(
      Models(server, {"resnet18", "--model_version", "3", "--output", "json"})
          .out);

  EXPECT_EQ(json["version"], "3");
}

TEST(ModelsCommandTest, FailsWithTheReasonForAModelThatIsNotThere) {
  FakeServer server({.get_model = OnlyResnet18});

  const Outcome outcome = Models(server, {"vgg"});

  EXPECT_EQ(outcome.code, kExitFailed);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "wanwu: there is no model vgg (MODEL_NOT_FOUND)\n");
}

}  // namespace
}  // namespace wanwu::cli
