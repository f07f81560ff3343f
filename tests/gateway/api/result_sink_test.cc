#include "gateway/api/result_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;

v1::ClassifyResponse Cat() {
  v1::ClassifyResponse response;
  response.add_classifications()->set_label("cat");
  return response;
}

TEST(ResultJsonTest, HoldsTheIdAndTheResponse) {
  const json result = json::parse(ResultJson({0, "a.jpg", Cat()}));

  EXPECT_EQ(result["id"], "a.jpg");
  EXPECT_EQ(result["response"]["classifications"][0]["label"], "cat");
  EXPECT_FALSE(result.contains("error"));
}

TEST(ResultJsonTest, HoldsTheErrorInsteadOfAResponse) {
  const json result =
      json::parse(ResultJson({0, "a.jpg", FieldError("top_k", "too large")}));

  EXPECT_EQ(result["error"]["code"], 400);
  EXPECT_EQ(result["error"]["details"][0]["metadata"]["field"], "top_k");
  EXPECT_FALSE(result.contains("response"));
}

TEST(ResultJsonTest, KeepsItselfToOneLine) {
  EXPECT_EQ(ResultJson({0, "a\nb", absl::InternalError("c\nd")}).find('\n'),
            std::string::npos);
}

TEST(ResultJsonTest, WritesIdsThatAreNoText) {
  const json result = json::parse(ResultJson({0, "\xff\"", Cat()}));

  EXPECT_EQ(result["id"], "\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace wanwu::gateway
