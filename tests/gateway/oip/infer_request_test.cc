#include "gateway/oip/infer_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "gateway/errors/gateway_error.h"
#include "gateway/oip/raw_elements.h"

namespace wanwu::gateway {
namespace {

using inference::ModelInferRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InferRequestTest : public ::testing::Test {
 protected:
  absl::StatusOr<InferRequest> Parse(const std::string& json,
                                     const std::string& tail = "") {
    return ParseInferRequest(json + tail, json.size(), 16, share_);
  }

  std::string MessageOf(const std::string& json, const std::string& tail = "") {
    const auto parsed = Parse(json, tail);
    return parsed.ok() ? "" : std::string(parsed.status().message());
  }

  ByteBudget budget_{1 << 20};
  BudgetShare share_{budget_};
};

std::string Input(const std::string& fields) {
  return R"({"inputs": [{"name": "t", )" + fields + "}]}";
}

template <typename... Values>
std::string Raw(Values... values) {
  std::string bytes;
  (bytes.append(BytesOf(values)), ...);
  return bytes;
}

std::string Element(std::string_view bytes) {
  std::string raw;
  AppendElement(bytes, raw);
  return raw;
}

TEST_F(InferRequestTest, ReadsNumbersHoweverTheyAreNested) {
  for (const char* data :
       {"[1, 2.5, -3e1, 4]", "[[1, 2.5], [-3e1, 4]]", "[[[1],[2.5]],[[-30,4]]]",
        "[[], [1, [2.5]], -30, 4]"}) {
    const auto request =
        Parse(Input(R"("shape": [2, 2], "datatype": "FP32", "data": )" +
                    std::string(data)));

    ASSERT_TRUE(request.ok()) << request.status();
    const ModelInferRequest& message = request->message;
    EXPECT_EQ(message.inputs(0).name(), "t");
    EXPECT_EQ(message.inputs(0).datatype(), "FP32");
    EXPECT_THAT(message.inputs(0).shape(), ElementsAre(2, 2));
    EXPECT_THAT(message.raw_input_contents(),
                ElementsAre(Raw(1.0F, 2.5F, -30.0F, 4.0F)));
  }
}

TEST_F(InferRequestTest, ReadsFieldsInAnyOrder) {
  const auto request = Parse(R"({"outputs": [{"name": "p"}], "inputs": [
                {"data": [0, 255], "datatype": "UINT8", "shape": [2],
                 "name": "a"},
                {"data": [1.5], "datatype": "FP32", "shape": [1],
                 "name": "b"}], "id": "7"})");

  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->message.id(), "7");
  EXPECT_THAT(request->message.raw_input_contents(),
              ElementsAre(std::string("\0\xff", 2), Raw(1.5F)));
}

TEST_F(InferRequestTest, ReadsTextsAsBase64) {
  const auto request =
      Parse(Input(R"("shape": [2, 1], "datatype": "BYTES",)"
                  R"("data": [["YWJj"], ["data:image/png;base64,_-8="]])"));

  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_THAT(request->message.raw_input_contents(),
              ElementsAre(Element("abc") + Element("\xff\xef")));
}

TEST_F(InferRequestTest, TakesBinaryDataInTheOrderOfTheInputs) {
  const auto request = Parse(
      R"({"inputs": [
          {"name": "a", "shape": [3], "datatype": "UINT8",
           "parameters": {"binary_data_size": 3, "other": "x"}},
          {"name": "b", "shape": [1], "datatype": "FP32", "data": [2]},
          {"name": "c", "shape": [2], "datatype": "UINT8",
           "parameters": {"binary_data_size": 2}}]})",
      "abcde");

  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_THAT(request->message.raw_input_contents(),
              ElementsAre("abc", Raw(2.0F), "de"));
  const auto& parameters = request->message.inputs(0).parameters();
  EXPECT_FALSE(parameters.contains("binary_data_size"));
  EXPECT_EQ(parameters.at("other").string_param(), "x");
}

TEST_F(InferRequestTest, KeepsParametersAndOutputs) {
  const auto request = Parse(
      R"({"parameters": {"binary_data_output": true, "timeout": 5, "b": false,
                         "d": 0.5, "u": 18446744073709551615, "n": null},
          "outputs": [{"name": "logits", "parameters": {"binary_data": false}},
                      {"name": "probabilities",
                       "parameters": {"classification": 3}}],
          "inputs": [{"name": "t", "shape": [0], "datatype": "FP32",
                      "data": []}]})");

  ASSERT_TRUE(request.ok()) << request.status();
  const auto& parameters = request->message.parameters();
  EXPECT_EQ(parameters.size(), 4U);
  EXPECT_EQ(parameters.at("timeout").int64_param(), 5);
  EXPECT_TRUE(parameters.at("b").has_bool_param());
  EXPECT_EQ(parameters.at("d").double_param(), 0.5);
  EXPECT_EQ(parameters.at("u").uint64_param(), 18446744073709551615U);
  EXPECT_TRUE(request->message.outputs(0).parameters().empty());
  EXPECT_EQ(request->message.outputs(1)
                .parameters()
                .at("classification")
                .int64_param(),
            3);
  EXPECT_FALSE(request->binary.Has("logits"));
  EXPECT_TRUE(request->binary.Has("probabilities"));
}

TEST_F(InferRequestTest, IgnoresWhatItDoesNotKnow) {
  EXPECT_TRUE(Parse(R"({"model_name": "x", "more": [{"data": [[1]]}],
                        "inputs": [{"name": "t", "shape": [1], "hint": {},
                                    "datatype": "FP32", "data": [1]}]})")
                  .ok());
}

TEST_F(InferRequestTest, ClassifiesOnePicture) {
  const auto request = PictureRequest("bytes", share_);

  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->message.inputs(0).datatype(), "BYTES");
  EXPECT_THAT(request->message.raw_input_contents(),
              ElementsAre(Element("bytes")));
}

TEST_F(InferRequestTest, NamesWhatIsWrong) {
  const std::string tensor = R"("shape": [1], "datatype": "FP32", )";
  EXPECT_THAT(MessageOf("{}"), HasSubstr("inputs: expected a list"));
  EXPECT_THAT(MessageOf(R"({"inputs": []})"), HasSubstr("inputs: "));
  EXPECT_THAT(MessageOf(R"({"inputs": {"a": {"data": [1]}}})"),
              HasSubstr("inputs: "));
  EXPECT_THAT(MessageOf(R"({"inputs": [[{"data": [1]}], {"data": [1]}]})"),
              HasSubstr("inputs: expected objects"));
  EXPECT_THAT(MessageOf(R"({"inputs": [{"shape": [1]}]})"),
              HasSubstr("inputs[0].name: expected a string"));
  EXPECT_THAT(MessageOf(Input(R"("shape": [1.5], "datatype": "FP32")")),
              HasSubstr("inputs[0].shape: "));
  EXPECT_THAT(MessageOf(Input(tensor + R"("data": 1)")),
              HasSubstr("inputs[0].data: expected a list"));
  EXPECT_THAT(MessageOf(Input(tensor + R"("data": {"a": 1})")),
              HasSubstr("data: expected numbers"));
  EXPECT_THAT(MessageOf(Input(tensor + R"("data": [1, true])")),
              HasSubstr("data: expected numbers"));
  EXPECT_THAT(MessageOf(Input(tensor + R"("data": [1, "YQ=="])")),
              HasSubstr("data: numbers and texts are mixed"));
  EXPECT_THAT(MessageOf(Input(tensor + R"("data": ["YQ=="])")),
              HasSubstr("inputs[0].data: expected numbers"));
  EXPECT_THAT(
      MessageOf(Input(R"("shape": [1], "datatype": "BYTES", "data": [1])")),
      HasSubstr("inputs[0].data: BYTES are base64"));
  EXPECT_THAT(
      MessageOf(Input(R"("shape": [1], "datatype": "BYTES", "data": ["*"])")),
      HasSubstr("data: not base64"));
  for (const char* value : {"256", "-1", "0.5", "1e300"}) {
    EXPECT_THAT(MessageOf(Input(R"("shape": [1], "datatype": "UINT8", )"
                                R"("data": [)" +
                                std::string(value) + "]")),
                HasSubstr("inputs[0].data: UINT8"));
  }
  EXPECT_THAT(MessageOf(R"({"inputs": [{"name": "t")"),
              HasSubstr("malformed JSON: at byte"));
  EXPECT_THAT(MessageOf("[1]"), HasSubstr("expected an object"));
}

TEST_F(InferRequestTest, ChecksTheLengthsOfBinaryData) {
  const auto binary = [](const std::string& size) {
    return Input(R"("shape": [3], "datatype": "UINT8",)"
                 R"("parameters": {"binary_data_size": )" +
                 size + "}");
  };
  EXPECT_EQ(MessageOf(binary("3"), "abc"), "");
  EXPECT_THAT(MessageOf(binary("4"), "abc"),
              HasSubstr("binary_data_size: 4 bytes, but only 3 are left"));
  EXPECT_THAT(MessageOf(binary("2"), "abc"),
              HasSubstr("1 bytes behind the JSON belong to none"));
  for (const char* size :
       {"-1", "1.5", "\"3\"", "true", "18446744073709551615"}) {
    EXPECT_THAT(MessageOf(binary(size), "abc"),
                HasSubstr("binary_data_size: expected a number of bytes"));
  }
  EXPECT_THAT(
      MessageOf(Input(R"("shape": [1], "datatype": "UINT8", "data": [1],)"
                      R"("parameters": {"binary_data_size": 1})"),
                "a"),
      HasSubstr("inputs[0].data: expected a list, or else"));
  EXPECT_THAT(MessageOf(Input(R"("shape": [1], "datatype": "UINT8")")),
              HasSubstr("inputs[0].data: expected a list, or else"));
}

TEST_F(InferRequestTest, OfANameThatComesTwiceTheLastCounts) {
  const auto request = Parse(
      R"({"inputs": [{"name": "a", "shape": [1], "datatype": "FP32",
                      "data": [1]}, {"data": [5]}],
          "inputs": [{"name": "b", "shape": [1], "datatype": "FP32",
                      "data": [2]}]})");

  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->message.inputs_size(), 1);
  EXPECT_THAT(request->message.raw_input_contents(), ElementsAre(Raw(2.0F)));
}

TEST_F(InferRequestTest, BoundsWhatIsKept) {
  std::string numbers = "0";
  for (int i = 1; i < 50'000; ++i) numbers += ",0";
  const std::string many = Input(
      R"("shape": [50000], "datatype": "FP32", "data": [)" + numbers + "]");
  const auto kept = Parse(many);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->message.raw_input_contents(0).size(), 200'000U);
  EXPECT_GE(share_.bytes(), 200'000U);

  ByteBudget small(100'000);
  BudgetShare share(small);
  EXPECT_TRUE(HasReason(
      ParseInferRequest(many, many.size(), 16, share).status(), kBufferFull));

  EXPECT_THAT(MessageOf(R"({"other": [)" + numbers + "]}"),
              HasSubstr("more values than an inference request has"));
  EXPECT_THAT(MessageOf(Input(R"("data": )" + std::string(40, '['))),
              HasSubstr("nested deeper than 16"));
}

}  // namespace
}  // namespace wanwu::gateway
