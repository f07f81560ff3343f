#include "gateway/oip/infer_answer.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "gateway/oip/raw_elements.h"

namespace wanwu::gateway {
namespace {

using inference::ModelInferResponse;
using nlohmann::json;

std::string HeaderOf(const Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

// Logits [1, 2] and two classes.
ModelInferResponse Sample() {
  ModelInferResponse answer;
  answer.set_model_name("m");
  answer.set_model_version("3");
  answer.set_id("7");
  auto& logits = *answer.add_outputs();
  logits.set_name("logits");
  logits.set_datatype("FP32");
  logits.add_shape(1);
  logits.add_shape(2);
  std::string& raw = *answer.add_raw_output_contents();
  raw.append(BytesOf(0.1F));
  raw.append(BytesOf(-2.0F));
  auto& classes = *answer.add_outputs();
  classes.set_name("probabilities");
  classes.set_datatype("BYTES");
  classes.add_shape(2);
  std::string& texts = *answer.add_raw_output_contents();
  AppendElement("0.5:1:a \"cat\"", texts);
  AppendElement("0.25:0:dog", texts);
  return answer;
}

TEST(InferAnswerTest, WritesJson) {
  const auto response = InferAnswer(Sample(), {});

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(HeaderOf(*response, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(*response, kJsonBytesHeader), "");
  EXPECT_EQ(json::parse(response->body), json::parse(R"({
      "model_name": "m", "model_version": "3", "id": "7",
      "outputs": [{"name": "logits", "datatype": "FP32", "shape": [1, 2],
                   "data": [0.1, -2]},
                  {"name": "probabilities", "datatype": "BYTES", "shape": [2],
                   "data": ["0.5:1:a \"cat\"", "0.25:0:dog"]}]})"));
}

TEST(InferAnswerTest, PutsBinaryDataBehindTheJson) {
  const ModelInferResponse answer = Sample();
  const auto response =
      InferAnswer(answer, {.others = true, .named = {{"logits", false}}});

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(HeaderOf(*response, "Content-Type"), "application/octet-stream");
  const std::size_t size = std::stoul(HeaderOf(*response, kJsonBytesHeader));
  const json head = json::parse(response->body.substr(0, size));
  EXPECT_TRUE(head["outputs"][0].contains("data"));
  EXPECT_FALSE(head["outputs"][1].contains("data"));
  EXPECT_EQ(head["outputs"][1]["parameters"]["binary_data_size"],
            answer.raw_output_contents(1).size());
  EXPECT_EQ(response->body.substr(size), answer.raw_output_contents(1));
}

TEST(InferAnswerTest, HasNoNumbersThatJsonHasNot) {
  ModelInferResponse answer = Sample();
  answer.mutable_raw_output_contents(0)->replace(
      0, 4, BytesOf(std::numeric_limits<float>::infinity()));

  const auto response = InferAnswer(answer, {});

  ASSERT_TRUE(response.ok());
  EXPECT_EQ(json::parse(response->body)["outputs"][0]["data"][0], nullptr);
}

TEST(InferAnswerTest, RefusesContentsThatAreNotOfTheirType) {
  ModelInferResponse short_of_bytes = Sample();
  short_of_bytes.mutable_raw_output_contents(1)->pop_back();
  EXPECT_FALSE(InferAnswer(short_of_bytes, {}).ok());

  ModelInferResponse other = Sample();
  other.mutable_outputs(0)->set_datatype("FP16");
  EXPECT_FALSE(InferAnswer(other, {}).ok());

  ModelInferResponse typed = Sample();
  typed.clear_raw_output_contents();
  EXPECT_FALSE(InferAnswer(typed, {}).ok());
}

}  // namespace
}  // namespace wanwu::gateway
