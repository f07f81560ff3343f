#include "gateway/api/classify_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

absl::StatusOr<v1::ClassifyRequest> FromQuery(const std::string& query) {
  RequestHead head;
  EXPECT_TRUE(ParseTarget("/?" + query, head).ok());
  return OptionsFromQuery(head);
}

std::string FieldOf(const absl::Status& status) {
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  return client::DescribeError(status).metadata["field"];
}

TEST(ClassifyOptionsTest, ReadsEachOptionOfTheQuery) {
  const auto options =
      FromQuery("top_k=3&model=m&model_version=2&language_code=zh");

  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->top_k(), 3);
  EXPECT_EQ(options->model(), "m");
  EXPECT_EQ(options->model_version(), "2");
  EXPECT_EQ(options->language_code(), "zh");
}

TEST(ClassifyOptionsTest, UnderstandsTheNamesOfJson) {
  const auto options = FromQuery("topK=3&modelVersion=2&languageCode=zh");

  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->top_k(), 3);
}

TEST(ClassifyOptionsTest, TakesTheLastOfAnOptionThatRepeats) {
  EXPECT_EQ(FromQuery("top_k=1&top_k=2")->top_k(), 2);
}

TEST(ClassifyOptionsTest, LeavesLimitsToTheServer) {
  EXPECT_EQ(FromQuery("top_k=-5")->top_k(), -5);
}

TEST(ClassifyOptionsTest, RefusesAMisspeltOption) {
  EXPECT_EQ(FieldOf(FromQuery("topk=3").status()), "topk");
}

TEST(ClassifyOptionsTest, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "x", "1.5", "1e3", "99999999999"}) {
    EXPECT_EQ(FieldOf(FromQuery(std::string("top_k=") + text).status()),
              "top_k")
        << text;
  }
}

TEST(ClassifyOptionsTest, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(FieldOf(FromQuery("model=%FF").status()), "model");
}

TEST(ClassifyOptionsTest, TellsAnOptionThatIsNoneOfOurs) {
  v1::ClassifyRequest options;

  EXPECT_TRUE(
      absl::IsNotFound(SetClassifyOption("image", "image", "x", options)));
}

}  // namespace
}  // namespace wanwu::gateway
