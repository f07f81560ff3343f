#include "client/cli/json_output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "client/lib/rpc_error.h"
#include "tests/client/support/fake_server.h"

namespace wanwu::cli {
namespace {

std::string Written(const PictureResult& picture) {
  std::ostringstream out;
  JsonOutput(out).Write(picture);
  return out.str();
}

TEST(JsonOutputTest, WritesOneObjectOnOneLineInTheProtoMapping) {
  EXPECT_EQ(Written({"cat.jpg", test::LabelResponse("tabby")}),
            R"({"file":"cat.jpg","classifications":[{"index":281,)"
            R"("label":"tabby","wordnetId":"n02123045","probability":0.93}],)"
            R"("model":"resnet18","modelVersion":"1","precision":"int8",)"
            R"("timings":{"batchSize":1,"total":"0.012s"},)"
            R"("warnings":[],"cached":false})"
            "\n");
}

TEST(JsonOutputTest, WritesFieldsThatHaveTheirDefaultValue) {
  v1::ClassifyResponse response;
  response.add_classifications();

  const auto json = nlohmann::json::parse(Written({"x", response}));

  EXPECT_EQ(json["classifications"][0]["index"], 0);
  EXPECT_EQ(json["classifications"][0]["wordnetId"], "");
  EXPECT_EQ(json["modelVersion"], "");
}

TEST(JsonOutputTest, WritesWhatIsWrongWithThePicture) {
  v1::ClassifyResponse response = test::LabelResponse("tabby");
  response.add_warnings("8 stray bytes skipped");

  const auto json = nlohmann::json::parse(Written({"x", response}));

  EXPECT_EQ(json["warnings"][0], "8 stray bytes skipped");
}

TEST(JsonOutputTest, KeepsChineseLabels) {
  const auto json =
      nlohmann::json::parse(Written({"x", test::LabelResponse("虎斑猫")}));

  EXPECT_EQ(json["classifications"][0]["label"], "虎斑猫");
}

TEST(JsonOutputTest, WritesAnErrorInPlaceOfTheResult) {
  EXPECT_EQ(Written({"cat.jpg",
                     client::MakeError(absl::StatusCode::kInvalidArgument,
                                       "IMAGE_TOO_LARGE", "too \"large\"")}),
            R"({"file":"cat.jpg","error":{"code":"INVALID_ARGUMENT",)"
            R"("reason":"IMAGE_TOO_LARGE","message":"too \"large\""}})"
            "\n");
}

TEST(JsonOutputTest, StaysValidWithAFileNameThatIsNotUtf8) {
  const auto json = nlohmann::json::parse(
      Written({"caf\xe9\n.jpg", test::LabelResponse("tabby")}));

  EXPECT_EQ(json["file"], "caf\uFFFD\n.jpg");
}

}  // namespace
}  // namespace wanwu::cli
