#include "gateway/api/json_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/lib/rpc_error.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

absl::StatusOr<JsonRequest> Parse(const std::string& body,
                                  const RequestLimits& limits = {}) {
  return ParseJsonRequest(body, {}, limits);
}

v1::ClassifyRequest One(const std::string& body) {
  const absl::StatusOr<JsonRequest> parsed = Parse(body);
  EXPECT_TRUE(parsed.ok()) << body << parsed.status();
  if (!parsed.ok()) return {};
  EXPECT_FALSE(parsed->is_list);
  return *parsed->pictures.front().request;
}

client::RpcError ErrorOf(const std::string& body,
                         const RequestLimits& limits = {}) {
  const absl::StatusOr<JsonRequest> parsed = Parse(body, limits);
  EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << body;
  return client::DescribeError(parsed.status());
}

std::string FieldOf(const std::string& body) {
  client::RpcError error = ErrorOf(body);
  EXPECT_EQ(error.reason, kFieldInvalid) << error.message;
  return error.metadata["field"];
}

TEST(JsonRequestTest, ReadsAClassifyRequest) {
  const v1::ClassifyRequest request =
      One(R"({"image": "cGl4ZWxz", "topK": 3, "model": "m",
              "modelVersion": "2", "languageCode": "zh"})");

  EXPECT_EQ(request.image(), "pixels");
  EXPECT_EQ(request.top_k(), 3);
  EXPECT_EQ(request.model(), "m");
  EXPECT_EQ(request.model_version(), "2");
  EXPECT_EQ(request.language_code(), "zh");
}

TEST(JsonRequestTest, UnderstandsTheNamesOfTheProtoFile) {
  const v1::ClassifyRequest request =
      One(R"({"top_k": 3, "model_version": "2", "language_code": "zh"})");

  EXPECT_EQ(request.top_k(), 3);
  EXPECT_EQ(request.model_version(), "2");
  EXPECT_EQ(request.language_code(), "zh");
}

TEST(JsonRequestTest, ReadsNumbersWrittenAsStrings) {
  EXPECT_EQ(One(R"({"topK": "7"})").top_k(), 7);
}

TEST(JsonRequestTest, ReadsBothAlphabetsOfBase64) {
  EXPECT_EQ(One(R"({"image": "+/+/"})").image(), "\xfb\xff\xbf");
  EXPECT_EQ(One(R"({"image": "-_-_"})").image(), "\xfb\xff\xbf");
}

TEST(JsonRequestTest, ReadsADataUrl) {
  EXPECT_EQ(One(R"({"image": "data:image/jpeg;base64,cGl4ZWxz"})").image(),
            "pixels");
  EXPECT_EQ(One(R"({"image": "data:;base64,cGl4ZWxz"})").image(), "pixels");
  EXPECT_THAT(ErrorOf(R"({"image": "data:image/svg+xml,<svg/>"})").message,
              HasSubstr("a data URL that is not base64"));
  EXPECT_EQ(FieldOf(R"({"image": "data:image/jpeg;base64"})"), "image");
}

TEST(JsonRequestTest, TellsWhoSpeaksAnotherProtocolWhatIsExpected) {
  for (const char* name : {"inputs", "instances"}) {
    const std::string body = std::string("{\"") + name + "\": []}";
    EXPECT_EQ(FieldOf(body), name);
  }
  EXPECT_THAT(ErrorOf(R"({"instance": "x"})").message,
              HasSubstr("unknown field; expected image or requests"));
}

TEST(JsonRequestTest, AsksForNoPadding) {
  EXPECT_EQ(One(R"({"image": "YQ=="})").image(), "a");
  EXPECT_EQ(One(R"({"image": "YQ"})").image(), "a");
}

TEST(JsonRequestTest, TakesNullForTheDefault) {
  v1::ClassifyRequest defaults;
  defaults.set_model("m");

  const auto parsed = ParseJsonRequest(
      R"({"image": null, "model": null, "topK": null})", defaults, {});

  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->pictures.front().request->model(), "m");
}

TEST(JsonRequestTest, FillsWhatIsLeftOutFromTheDefaults) {
  v1::ClassifyRequest defaults;
  defaults.set_model("m");
  defaults.set_top_k(9);

  const auto parsed = ParseJsonRequest(
      R"({"requests": [{"request": {"topK": 2}}, {}]})", defaults, {});

  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->pictures.size(), 2U);
  EXPECT_EQ(parsed->pictures[0].request->top_k(), 2);
  EXPECT_EQ(parsed->pictures[0].request->model(), "m");
  EXPECT_EQ(parsed->pictures[1].request->top_k(), 9);
}

TEST(JsonRequestTest, RefusesOnlyThePictureOfAListThatIsTooLarge) {
  const auto parsed = Parse(R"({"requests": [{"request": {"image": "YWI="}},
                                {"id": "b", "request": {"image": "YWJj"}}]})",
                            {.max_image_bytes = 2});

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->pictures[0].request->image(), "ab");
  EXPECT_EQ(parsed->pictures[1].id, "b");
  EXPECT_TRUE(HasReason(parsed->pictures[1].request.status(), kImageTooLarge));
}

TEST(JsonRequestTest, BoundsIdsAndOptions) {
  const std::string id(256, 'i');
  const std::string model(1024, 'm');

  EXPECT_TRUE(Parse(R"({"requests": [{"id": ")" + id + R"("}]})").ok());
  EXPECT_EQ(FieldOf(R"({"requests": [{"id": "i)" + id + R"("}]})"),
            "requests[0].id");
  EXPECT_TRUE(Parse(R"({"model": ")" + model + R"("})").ok());
  EXPECT_EQ(FieldOf(R"({"model": "m)" + model + R"("})"), "model");
}

TEST(JsonRequestTest, SaysNothingOfHowItReads) {
  EXPECT_EQ(ErrorOf(R"({"topK": 1e999})").message,
            "malformed JSON: a value that cannot be read");
}

TEST(JsonRequestTest, ReadsAListWithItsIds) {
  const auto parsed =
      Parse(R"({"requests": [{"id": "a", "request": {"image": "YQ=="}},
                             {"request": {"image": "Yg=="}}]})");

  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->is_list);
  ASSERT_EQ(parsed->pictures.size(), 2U);
  EXPECT_EQ(parsed->pictures[0].id, "a");
  EXPECT_EQ(parsed->pictures[1].id, "1");
  EXPECT_EQ(parsed->pictures[1].request->image(), "b");
}

TEST(JsonRequestTest, ReadsAnEmptyList) {
  const auto parsed = Parse(R"({"requests": []})");

  ASSERT_TRUE(parsed.ok());
  EXPECT_TRUE(parsed->is_list);
  EXPECT_EQ(parsed->pictures.size(), 0U);
}

TEST(JsonRequestTest, NamesTheFieldThatIsWrong) {
  EXPECT_EQ(FieldOf(R"({"image": "?"})"), "image");
  EXPECT_EQ(FieldOf(R"({"image": 3})"), "image");
  EXPECT_EQ(FieldOf(R"({"topK": 1.5})"), "topK");
  EXPECT_EQ(FieldOf(R"({"topK": "many"})"), "topK");
  EXPECT_EQ(FieldOf(R"({"top_k": 99999999999})"), "top_k");
  EXPECT_EQ(FieldOf(R"({"model": {}})"), "model");
  EXPECT_EQ(FieldOf(R"({"requests": {}})"), "requests");
  EXPECT_EQ(FieldOf(R"({"requests": null})"), "requests");
}

TEST(JsonRequestTest, NamesTheFieldWithinAList) {
  EXPECT_EQ(FieldOf(R"({"requests": [{}, {}, {"request": {"image": "?"}}]})"),
            "requests[2].request.image");
  EXPECT_EQ(FieldOf(R"({"requests": [{"request": {"topK": "x"}}]})"),
            "requests[0].request.topK");
  EXPECT_EQ(FieldOf(R"({"requests": [{"request": 1}]})"),
            "requests[0].request");
  EXPECT_EQ(FieldOf(R"({"requests": [{"id": 1}]})"), "requests[0].id");
  EXPECT_EQ(FieldOf(R"({"requests": [1]})"), "requests[0]");
}

TEST(JsonRequestTest, RefusesFieldsThatNobodyKnows) {
  EXPECT_EQ(FieldOf(R"({"imaeg": "YQ=="})"), "imaeg");
  EXPECT_EQ(FieldOf(R"({"requests": [{"requst": {}}]})"), "requests[0].requst");
  EXPECT_EQ(FieldOf(R"({"requests": [], "image": ""})"), "requests");
}

TEST(JsonRequestTest, ShortensLongNamesInErrors) {
  const std::string name(1000, 'x');

  EXPECT_THAT(FieldOf("{\"" + name + "\": 1}"), SizeIs(64));
}

TEST(JsonRequestTest, RefusesListsAboveTheLimit) {
  EXPECT_TRUE(Parse(R"({"requests": [{}, {}]})", {.max_pictures = 2}).ok());
  EXPECT_THAT(
      ErrorOf(R"({"requests": [{}, {}, {}]})", {.max_pictures = 2}).message,
      HasSubstr("at most 2 pictures"));
}

TEST(JsonRequestTest, RefusesDeepNesting) {
  std::string deep = R"({"image": )";
  for (int i = 0; i < 100'000; ++i) deep += '[';

  const client::RpcError error = ErrorOf(deep);

  EXPECT_EQ(error.reason, kJsonMalformed);
  EXPECT_THAT(error.message, HasSubstr("nested deeper than 16"));
}

TEST(JsonRequestTest, RefusesMoreValuesThanAnyRequestHas) {
  std::string many = R"({"image": [0)";
  for (int i = 0; i < 1'000'000; ++i) many += ",0";
  many += "]}";

  EXPECT_THAT(ErrorOf(many).message, HasSubstr("more values than"));
}

TEST(JsonRequestTest, TakesEveryFieldOfTheLargestList) {
  std::string list = R"({"requests": [)";
  for (int i = 0; i < 1000; ++i) {
    list += R"({"id": "a", "request": {"image": "YQ==", "topK": 1,
               "model": "m", "modelVersion": "1", "languageCode": "en"}},)";
  }
  list.back() = ']';
  list += '}';

  const auto parsed = Parse(list);

  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->pictures.size(), 1000U);
}

TEST(JsonRequestTest, SaysWhereMalformedJsonBreaks) {
  const client::RpcError error = ErrorOf(R"({"image": "YQ==",})");

  EXPECT_EQ(error.reason, kJsonMalformed);
  EXPECT_THAT(error.message, HasSubstr("at byte 18"));
}

TEST(JsonRequestTest, RefusesWhatIsNoObject) {
  for (const char* body :
       {"", " ", "[]", "1", "null", "\"image\"", "{", "{\"image\": \"\xff\"}",
        "{} {}", "{\"topK\": 1e999}", "{\"image\": \"a\nb\"}",
        "{'image': ''}"}) {
    EXPECT_EQ(ErrorOf(body).reason, kJsonMalformed) << body;
  }
}

}  // namespace
}  // namespace wanwu::gateway
