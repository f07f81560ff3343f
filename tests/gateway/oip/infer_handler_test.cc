#include "gateway/oip/infer_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/oip/raw_elements.h"
#include "tests/client/support/fake_server.h"
#include "tests/gateway/oip/fake_inference.h"
#include "tests/gateway/support/api_server.h"
#include "tests/gateway/support/raw_client.h"
#include "tests/support/gate.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;
using test::Post;
using test::RawClient;
using test::RawResponse;
using ::testing::HasSubstr;

class InferHandlerTest : public ::testing::Test {
 protected:
  // Answers "echo" with the bytes of the first input.
  static grpc::Status Echo(grpc::ServerContext& /*context*/,
                           const inference::ModelInferRequest& request,
                           inference::ModelInferResponse& response) {
    response.set_model_name(request.model_name());
    response.set_model_version(request.model_version());
    auto& output = *response.add_outputs();
    output.set_name("echo");
    output.set_datatype(request.inputs(0).datatype());
    *output.mutable_shape() = request.inputs(0).shape();
    *response.add_raw_output_contents() = request.raw_input_contents(0);
    return grpc::Status::OK;
  }

  InferHandlerTest() { server_.infer = Echo; }

  RawResponse Ask(const std::string& body, const std::string& headers = "",
                  const std::string& target = "/v2/models/m/infer") {
    return RawClient(http_.port()).Ask(Post(target, body, headers));
  }

  test::FakeInference server_;
  client::AsyncClient client_{{.address = server_.address()}};
  RequestLimits limits_{.max_json_bytes = 64 << 20};
  test::HttpServer http_{
      [this](Router& router) {
        using boost::beast::http::verb;
        const Handler infer = ServeInfer(client_, {}, limits_);
        router.Add(verb::post, "/v2/models/{model}/infer", infer);
        router.Add(verb::post, "/v2/models/{model}/versions/{version}/infer",
                   infer);
      },
      {.budget = 256 << 20}};
};

constexpr char kNumbers[] =
    R"({"inputs": [{"name": "t", "shape": [2], "datatype": "FP32",)"
    R"( "data": [1, 2.5]}]})";

TEST_F(InferHandlerTest, PassesJsonOnAndBack) {
  const RawResponse response =
      Ask(kNumbers, "", "/v2/models/a%20model/versions/4/infer");

  EXPECT_EQ(response.status, 200) << response.body;
  const json answer = json::parse(response.body);
  EXPECT_EQ(answer["model_name"], "a model");
  EXPECT_EQ(answer["model_version"], "4");
  EXPECT_EQ(answer["outputs"][0]["data"], json({1, 2.5}));
}

TEST_F(InferHandlerTest, PassesBinaryDataOnAndBack) {
  const std::string head =
      R"({"parameters": {"binary_data_output": true}, "inputs": [)"
      R"({"name": "t", "shape": [1], "datatype": "FP32",)"
      R"( "parameters": {"binary_data_size": 4}}]})";
  const std::string data(BytesOf(0.25F));

  const RawResponse response =
      Ask(head + data, "Inference-Header-Content-Length: " +
                           std::to_string(head.size()) + "\r\n");

  EXPECT_EQ(response.status, 200) << response.body;
  const std::size_t size =
      std::stoul(response.Header("inference-header-content-length"));
  EXPECT_EQ(response.body.substr(size), data);
}

TEST_F(InferHandlerTest, TakesAPictureByItself) {
  const RawResponse response =
      Ask("picture", "Inference-Header-Content-Length: 0\r\n");

  EXPECT_EQ(json::parse(response.body)["outputs"][0]["data"][0], "picture");
}

TEST_F(InferHandlerTest, SaysWhatIsWrongInTheProtocolsForm) {
  const RawResponse response = Ask("{}");

  EXPECT_EQ(response.status, 400);
  const json error = json::parse(response.body);
  EXPECT_THAT(error["error"].get<std::string>(), HasSubstr("inputs: "));
  EXPECT_EQ(error["status"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["details"][0]["reason"], "FIELD_INVALID");

  EXPECT_EQ(Ask(kNumbers, "Content-Encoding: gzip\r\n").status, 415);
  for (const char* length : {"1000", "-1", "x", ""}) {
    EXPECT_EQ(Ask(kNumbers, "Inference-Header-Content-Length: " +
                                std::string(length) + "\r\n")
                  .status,
              400)
        << length;
  }
  EXPECT_EQ(Ask(kNumbers, "X-Request-Timeout-Ms: 0\r\n").status, 400);
}

TEST_F(InferHandlerTest, TellsTheServersErrors) {
  server_.infer = [](auto&, const auto&, auto&) {
    return test::ErrorWithReason(grpc::StatusCode::NOT_FOUND, "MODEL_NOT_FOUND",
                                 "no such model");
  };

  const RawResponse response = Ask(kNumbers);

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(json::parse(response.body)["error"], "no such model");
}

TEST_F(InferHandlerTest, RefusesWhatFitsIntoNoMessage) {
  const std::string data(21 << 20, 'x');
  const std::string head =
      R"({"inputs": [{"name": "t", "shape": [1], "datatype": "UINT8",)"
      R"( "parameters": {"binary_data_size": )" +
      std::to_string(data.size()) + "}}]}";

  const RawResponse response =
      Ask(head + data, "Inference-Header-Content-Length: " +
                           std::to_string(head.size()) + "\r\n");

  EXPECT_EQ(response.status, 413);
  EXPECT_THAT(response.body, HasSubstr("in one message"));
}

TEST_F(InferHandlerTest, CancelsTheCallOfACallerWhoHangsUp) {
  test_support::Counter called;
  test_support::Counter cancelled;
  server_.infer = [&](grpc::ServerContext& context, const auto&, auto&) {
    called.Add();
    const grpc::Status status = test::WaitForCancel(context);
    cancelled.Add();
    return status;
  };
  {
    RawClient caller(http_.port());
    caller.Send(Post("/v2/models/m/infer", kNumbers));
    called.AwaitAtLeast(1);
    caller.Reset();
  }
  cancelled.AwaitAtLeast(1);
}

TEST_F(InferHandlerTest, CarriesTheDeadlineAndTheRequestsId) {
  test::SeenCall seen;
  server_.infer = [&](grpc::ServerContext& context, const auto& request,
                      auto& response) {
    seen.Note(context);
    return Echo(context, request, response);
  };

  Ask(kNumbers, "X-Request-Id: r-1\r\nX-Request-Timeout-Ms: 60000\r\n");

  EXPECT_EQ(seen.Metadata("x-request-id"), "r-1");
  ASSERT_TRUE(seen.TimeLeft().has_value());
  EXPECT_LE(*seen.TimeLeft(), std::chrono::seconds(60));
}

}  // namespace
}  // namespace wanwu::gateway
