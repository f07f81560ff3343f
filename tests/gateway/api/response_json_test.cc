#include "gateway/api/response_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "client/lib/proto_json.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;

// As protobuf writes it.
void ExpectTheMapping(const v1::ClassifyResponse& response) {
  EXPECT_EQ(json::parse(ResponseJson(response)),
            json::parse(client::ToJson(response)));
}

v1::ClassifyResponse ResponseWith(float probability) {
  v1::ClassifyResponse response;
  response.add_classifications()->set_probability(probability);
  return response;
}

v1::ClassifyResponse ResponseWith(int64_t seconds, int32_t nanos) {
  v1::ClassifyResponse response;
  auto& total = *response.mutable_timings()->mutable_total();
  total.set_seconds(seconds);
  total.set_nanos(nanos);
  return response;
}

TEST(ResponseJsonTest, WritesEveryField) {
  v1::ClassifyResponse response;
  for (int i = 0; i < 3; ++i) {
    auto& item = *response.add_classifications();
    item.set_index(280 + i);
    item.set_label("虎纹猫 \"tiger\" \\ \n\x01 </script>");
    item.set_wordnet_id("n02123159");
    item.set_probability(0.1F * static_cast<float>(i));
  }
  response.set_model("resnet18");
  response.set_model_version("1");
  response.set_precision("int8");
  auto& timings = *response.mutable_timings();
  timings.mutable_decode()->set_nanos(2'310'000);
  timings.mutable_queue()->set_nanos(41'001);
  timings.mutable_inference()->set_nanos(5'000'000);
  timings.mutable_total()->set_seconds(3);
  timings.set_batch_size(7);
  response.add_warnings("8 stray bytes skipped");
  response.add_warnings("the \"end\" is missing");
  response.set_cached(true);

  ExpectTheMapping(response);
}

TEST(ResponseJsonTest, LeavesOutMessagesThatAreNotThere) {
  ExpectTheMapping({});
  v1::ClassifyResponse response;
  response.mutable_timings();
  ExpectTheMapping(response);
}

TEST(ResponseJsonTest, WritesFloatsThatReadTheSame) {
  for (const float value :
       {0.0F, 1.0F, 0.425116688F, 1e-9F, 1e-38F, 1e-45F, 0.1F, 0.99999994F,
        std::numeric_limits<float>::max()}) {
    const auto written = json::parse(ResponseJson(ResponseWith(value)));
    EXPECT_EQ(written["classifications"][0]["probability"].get<float>(), value);
  }
}

TEST(ResponseJsonTest, NamesWhatIsNoNumber) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float value : {std::nanf(""), infinity, -infinity}) {
    ExpectTheMapping(ResponseWith(value));
  }
}

TEST(ResponseJsonTest, WritesDurationsAsProtobufDoes) {
  for (const int32_t nanos : {0, 1, 999, 1000, 999'000, 1'000'000, 999'000'000,
                              999'999'999, -1, -1'000'000}) {
    ExpectTheMapping(ResponseWith(0, nanos));
  }
  ExpectTheMapping(ResponseWith(12, 3'000'000));
  ExpectTheMapping(ResponseWith(-12, -3'000'000));
}

}  // namespace
}  // namespace wanwu::gateway
