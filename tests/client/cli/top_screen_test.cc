#include "client/cli/top_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "client/cli/display_width.h"

namespace wanwu::cli {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::ResultOf;

const Palette kPlain(Palette::Mode::kPlain);

TopServer Busy(const std::string& address) {
  TopServer server{.address = address};
  v1::ServerStatus& status = server.status;
  status.set_version("0.1.0");
  status.set_state(v1::ServerStatus::STATE_SERVING);
  status.mutable_uptime()->set_seconds(90'061);
  status.set_pictures_per_second(191.04);
  status.set_errors_per_second(2.5);
  status.mutable_latency()->mutable_p50()->set_nanos(10'600'000);
  status.mutable_latency()->mutable_p99()->set_nanos(24'900'000);
  status.set_queue_depth(12);
  status.set_queue_capacity(2048);
  status.mutable_estimated_wait()->set_nanos(60'000'000);
  status.add_lanes()->set_utilisation(0.87);
  status.set_queue_bytes(3 << 20);
  status.set_queue_bytes_capacity(100 << 20);
  status.set_memory_budget(512 << 20);
  v1::BatchSizeCount& batches = *status.add_batch_sizes();
  batches.set_size(3);
  batches.set_count(5);
  v1::ModelStatus& model = *status.add_models();
  model.set_name("resnet18");
  model.set_version("1");
  model.set_state(v1::Model::STATE_READY);
  v1::ModelStatus& other = *status.add_models();
  other.set_name("other");
  other.set_version("2");
  other.set_state(v1::Model::STATE_FAILED);
  status.set_default_model("resnet18");
  server.rates = TopRates{
      .errors = {{"CANCELLED", 0.5}, {"IMAGE_DECODE_FAILED", 2.0}},
      .stages = TopRates::Stages{.decode = 4.1, .queue = 1.2, .inference = 5.3},
      .decoders = 0.45};
  return server;
}

TopServer Down(const std::string& address) {
  return {.address = address, .down = "nothing answers there"};
}

std::vector<std::string> Lines(const std::string& text) {
  EXPECT_THAT(text, EndsWith("\n"));
  return absl::StrSplit(text.substr(0, text.size() - 1), '\n');
}

TEST(TopScreenTest, ShowsEachServerInSomeLines) {
  EXPECT_THAT(
      Lines(RenderTop({Busy("a:1"), Down("b:2")}, {.columns = 100, .rows = 30},
                      kPlain)),
      ElementsAre(
          "wanwu top  1 of 2 up  191.0 pictures/s  2.5 errors/s  q or Ctrl-C "
          "ends",
          "", "a:1  serving  up 1 d 1:01:01  version 0.1.0",
          "  pictures  191.0/s  errors 2.5/s, most IMAGE_DECODE_FAILED",
          "  latency   p50 10.6 ms  p99 24.9 ms  mean decode 4.1 + queue 1.2 "
          "+ inference 5.3 ms",
          "  queue     12 of 2048  wait 60.0 ms  mean batch 3.0",
          "  busy      lanes 87 %  decoders 45 %  queue memory 3 of 100 MiB  "
          "budget 512 MiB",
          "  models    resnet18 1 ready (default), other 2 failed", "",
          "b:2  down: nothing answers there"));
}

TEST(TopScreenTest, WithLittleRoomAServerIsALine) {
  EXPECT_THAT(
      Lines(RenderTop({Busy("a:1"), Down("host:22")},
                      {.columns = 100, .rows = 8}, kPlain)),
      ElementsAre(HasSubstr("wanwu top"), "",
                  "SERVER   STATE    PICT/S  ERR/S      P99  QUEUED     WAIT  "
                  "LANES",
                  "a:1      serving   191.0    2.5  24.9 ms      12  60.0 ms  "
                  " 87 %",
                  "host:22  down: nothing answers there"));
}

TEST(TopScreenTest, FitsTheTerminal) {
  std::vector<TopServer> servers;
  for (int i = 0; i < 40; ++i) {
    servers.push_back(i % 2 == 0 ? Busy("server:1") : Down("other:2"));
  }
  for (const int rows : {3, 10, 24}) {
    const auto lines =
        Lines(RenderTop(servers, {.columns = 37, .rows = rows}, kPlain));
    EXPECT_EQ(lines.size(), rows - 1u);
    EXPECT_THAT(lines, Each(ResultOf(DisplayWidth, Le(37u))));
    EXPECT_THAT(lines.back(), HasSubstr("more lines"));
  }
  EXPECT_EQ(
      Lines(RenderTop({Busy("a:1")}, {.columns = 0, .rows = 0}, kPlain)).size(),
      1u);
}

TEST(TopScreenTest, ColoursDoNotCountAsWidth) {
  const std::string text = RenderTop({Down("a:1")}, {.columns = 10, .rows = 24},
                                     Palette(Palette::Mode::kColor));

  EXPECT_THAT(text, HasSubstr("\x1b[31ma:1  down:\x1b[0m\n"));
}

TEST(TopScreenTest, WhatAServerSendsIsHarmless) {
  TopServer server = Busy("a:1");
  server.status.set_version("\x1b[2J");
  server.rates->errors = {{"\n", 1.0}};

  const std::string text =
      RenderTop({server}, {.columns = 100, .rows = 24}, kPlain);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_EQ(Lines(text).size(), 8u);
}

TEST(TopScreenTest, ALineHasAllOfIt) {
  const std::string line = TopLine(Busy("a:1"));

  EXPECT_EQ(Lines(line).size(), 1u);
  EXPECT_THAT(line, HasSubstr("a:1  serving  191.0/s"));
  EXPECT_THAT(line, HasSubstr("lanes 87 %"));
  EXPECT_EQ(TopLine(Down("b:2")), "b:2  down: nothing answers there\n");
}

TEST(TopScreenTest, JsonHasTheFiguresAndLeavesOutWhatIsNotKnown) {
  const auto json = nlohmann::json::parse(TopJson(Busy("a:1")));
  EXPECT_EQ(json["address"], "a:1");
  EXPECT_EQ(json["up"], true);
  EXPECT_EQ(json["state"], "serving");
  EXPECT_NEAR(json["p99_ms"], 24.9, 1e-9);
  EXPECT_EQ(json["errors_per_second_by_reason"]["CANCELLED"], 0.5);
  EXPECT_EQ(json["models"][0]["default"], true);
  EXPECT_EQ(json["models"][1]["state"], "failed");

  TopServer idle{.address = "a:1"};
  const auto sparse = nlohmann::json::parse(TopJson(idle));
  EXPECT_FALSE(sparse.contains("p99_ms"));
  EXPECT_FALSE(sparse.contains("mean_decode_ms"));

  const auto down = nlohmann::json::parse(TopJson(Down("b:2")));
  EXPECT_EQ(down, nlohmann::json({{"address", "b:2"},
                                  {"up", false},
                                  {"down", "nothing answers there"}}));
}

}  // namespace
}  // namespace wanwu::cli
