#include "gateway/oip/message_json.h"

#include <gtest/gtest.h>

#include "inference/open_inference.pb.h"

namespace wanwu::gateway {
namespace {

using nlohmann::json;

TEST(MessageJsonTest, HasNamesNumbersAndEnumsAsTheProtocolHas) {
  inference::ModelConfig config;
  config.set_name("m");
  config.set_max_batch_size(8);
  auto& input = *config.add_input();
  input.set_data_type(inference::TYPE_UINT8);
  input.add_dims(-1);
  input.add_dims(3'000'000'000);
  auto& batching = *config.mutable_dynamic_batching();
  batching.add_preferred_batch_size(4);
  batching.set_max_queue_delay_microseconds(18'446'744'073'709'551'615U);

  const json found = MessageJson(config);

  EXPECT_EQ(found["name"], "m");
  EXPECT_EQ(found["max_batch_size"], 8);
  EXPECT_EQ(found["input"][0]["data_type"], "TYPE_UINT8");
  EXPECT_EQ(found["input"][0]["dims"], json({-1, 3'000'000'000}));
  EXPECT_EQ(found["dynamic_batching"]["max_queue_delay_microseconds"],
            18'446'744'073'709'551'615U);
  EXPECT_EQ(found["output"], json::array());
}

TEST(MessageJsonTest, CanReadEveryAnswerOfTheProtocol) {
  inference::ModelStatisticsResponse statistics;
  statistics.add_model_stats()->add_batch_stats()->set_batch_size(2);
  inference::ServerMetadataResponse server;
  server.add_extensions("e");
  inference::RepositoryIndexResponse index;
  index.add_models()->set_state("READY");
  inference::ModelMetadataResponse metadata;
  metadata.add_inputs()->add_shape(-1);
  inference::ModelReadyResponse ready;

  EXPECT_EQ(
      MessageJson(statistics)["model_stats"][0]["batch_stats"][0]["batch_size"],
      2);
  EXPECT_EQ(MessageJson(server)["extensions"][0], "e");
  EXPECT_EQ(ListJson(index.models())[0]["state"], "READY");
  EXPECT_EQ(MessageJson(metadata)["inputs"][0]["shape"][0], -1);
  EXPECT_EQ(MessageJson(ready)["ready"], false);
}

}  // namespace
}  // namespace wanwu::gateway
