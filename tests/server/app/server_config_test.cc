#include "server/app/server_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/common/options/option_page.h"

namespace wanwu::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

LoadedServerConfig Load(std::vector<std::string> arguments,
                        std::vector<std::string> environment = {}) {
  return LoadServerConfig({.arguments = std::move(arguments),
                           .environment = std::move(environment)});
}

TEST(ServerConfigTest, DefaultsAreValid) {
  EXPECT_THAT(ValidateServerConfig({}), IsEmpty());
}

TEST(ServerConfigTest, StartsFromTheDocumentedDefaults) {
  const LoadedServerConfig loaded = Load({});

  EXPECT_EQ(loaded.result.outcome, options::Outcome::kRun);
  EXPECT_EQ(loaded.config.listen_address, "127.0.0.1:8500");
  EXPECT_EQ(loaded.config.intra_op_threads, 1);
  EXPECT_EQ(loaded.config.max_queue_delay, std::chrono::microseconds(0));
  EXPECT_EQ(loaded.config.drain.timeout, std::chrono::seconds(30));
  EXPECT_EQ(loaded.config.image.max_encoded_bytes, size_t{16} << 20);
}

TEST(ServerConfigTest, SetsEachTypeOfOption) {
  const LoadedServerConfig loaded =
      Load({"--listen_address=unix:/run/wanwu.sock",
            "--lanes=2",
            "--intra_op_threads=3",
            "--precision=int8",
            "--batching=off",
            "--pin_lanes=on",
            "--max_queue_delay=500us",
            "--queue_bytes=1GiB",
            "--answer_cache_bytes=64MiB",
            "--max_metadata_bytes=64KiB",
            "--max_image_pixels=1000000",
            "--max_non_baseline_pixels=500000",
            "--image_formats=heic,png",
            "--strict_images=true",
            "--reflection=false",
            "--jpeg_decode=fast",
            "--log_format=json",
            "--log_level=debug",
            "--access_log_ratio=0.01",
            "--slow_request=1.5s",
            "--trace_endpoint=grpc://localhost:4317",
            "--trace_sample_ratio=0.5"});

  ASSERT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(loaded.config.listen_address, "unix:/run/wanwu.sock");
  EXPECT_EQ(loaded.config.lanes, 2);
  EXPECT_EQ(loaded.config.traces.endpoint, "grpc://localhost:4317");
  EXPECT_EQ(loaded.config.traces.sample_ratio, 0.5);
  EXPECT_EQ(loaded.config.intra_op_threads, 3);
  EXPECT_EQ(loaded.config.precision, model::PrecisionRequest::kInt8);
  EXPECT_EQ(loaded.config.batching, BatchingMode::kOff);
  EXPECT_EQ(loaded.config.pin_lanes, PinLanes::kOn);
  EXPECT_EQ(loaded.config.max_queue_delay, std::chrono::microseconds(500));
  EXPECT_EQ(loaded.config.queue_bytes, size_t{1} << 30);
  EXPECT_EQ(loaded.config.answer_cache_bytes, size_t{64} << 20);
  EXPECT_EQ(loaded.config.transport.max_metadata_bytes, size_t{64} << 10);
  EXPECT_EQ(loaded.config.image.max_pixels, 1'000'000);
  EXPECT_EQ(loaded.config.image.max_non_baseline_pixels, 500'000);
  EXPECT_TRUE(loaded.config.strict_images);
  EXPECT_EQ(image::OptionOf(loaded.config.image.formats), "png,heic");
  EXPECT_EQ(loaded.config.jpeg_decode, image::JpegDecode::kFast);
  EXPECT_FALSE(loaded.config.reflection);
  EXPECT_EQ(loaded.config.log.format, logging::Format::kJson);
  EXPECT_EQ(loaded.config.log.level, logging::Level::kDebug);
  EXPECT_EQ(loaded.config.log.requests.ratio, 0.01);
  EXPECT_EQ(loaded.config.log.requests.slow, std::chrono::milliseconds(1500));
}

TEST(ServerConfigTest, RefusesFormatsThatItDoesNotKnowAndNoneAtAll) {
  for (const char* const formats : {"jpeg,jpg", "jpeg;png", ",", ""}) {
    const LoadedServerConfig loaded =
        Load({std::string("--image_formats=") + formats});
    ASSERT_EQ(loaded.result.mistakes.size(), 1u) << formats;
    EXPECT_THAT(loaded.result.mistakes.front(),
                HasSubstr("jpeg,png,webp,gif,bmp,tiff,avif,heic"));
  }
}

TEST(ServerConfigTest, NamesTheChoicesOfAnUnknownWord) {
  EXPECT_THAT(Load({"--precision=int4"}).result.mistakes,
              ElementsAre("--precision=int4 (flag): not one of the choices; "
                          "expected auto|fp32|bf16|int8"));
}

TEST(ServerConfigTest, KeepsMessagesLargerThanPictures) {
  EXPECT_THAT(
      Load({"--max_message_bytes=8MiB"}).result.mistakes,
      ElementsAre("--max_message_bytes=8MiB (flag), --max_image_bytes=16MiB "
                  "(default): a message must be larger than the picture in "
                  "it"));
}

TEST(ServerConfigTest, KeepsRoomToReceiveTheLargestMessage) {
  EXPECT_THAT(Load({"--receive_bytes=16MiB"}).result.mistakes,
              ElementsAre(HasSubstr("could never be received")));
}

TEST(ServerConfigTest, SetsTheLimitsOfConnections) {
  const ServerConfig config =
      Load({"--max_connections=7", "--max_concurrent_streams=8",
            "--connection_idle=0", "--connection_age=1h",
            "--connection_grace=2m", "--keepalive_time=3s",
            "--keepalive_timeout=4s"})
          .config;

  EXPECT_EQ(config.transport.max_connections, 7);
  EXPECT_EQ(config.transport.max_concurrent_streams, 8);
  EXPECT_EQ(config.transport.connection_idle, std::chrono::seconds(0));
  EXPECT_EQ(config.transport.connection_age, std::chrono::hours(1));
  EXPECT_EQ(config.transport.connection_grace, std::chrono::minutes(2));
  EXPECT_EQ(config.transport.keepalive_time, std::chrono::seconds(3));
  EXPECT_EQ(config.transport.keepalive_timeout, std::chrono::seconds(4));
}

TEST(ServerConfigTest, KeepsRoomForTheLargestPictureInTheQueue) {
  EXPECT_THAT(Load({}, {"WANWU_QUEUE_BYTES=1MiB"}).result.mistakes,
              ElementsAre(HasSubstr("--queue_bytes=1MiB (environment)")));
}

TEST(ServerConfigTest, AllowsTheLargestPictureAtLeastOneScan) {
  EXPECT_THAT(
      Load({"--max_image_scan_pixels=219999999"}).result.mistakes,
      ElementsAre(HasSubstr("--max_image_scan_pixels=219999999 (flag)")));
  EXPECT_EQ(
      Load({"--max_image_scan_pixels=220000000"}).config.image.max_scan_pixels,
      220'000'000);
}

TEST(ServerConfigTest, TakesWhatSecuresItOnlyAsAWhole) {
  const auto mistakes = [](std::vector<std::string> flags) {
    return Load(std::move(flags)).result.mistakes;
  };
  const std::string certificate = "--tls_certificate_file=c";
  const std::string key = "--tls_key_file=k";

  EXPECT_THAT(mistakes({certificate}), ElementsAre(HasSubstr("go together")));
  EXPECT_THAT(mistakes({key}), ElementsAre(HasSubstr("go together")));
  EXPECT_THAT(mistakes({"--tls_client_ca_file=a"}),
              ElementsAre(HasSubstr("only to a server that has one")));
  EXPECT_THAT(mistakes({certificate, key, "--tls_allowed_names=a.org"}),
              ElementsAre(HasSubstr("asked for and verified")));
  EXPECT_THAT(mistakes({certificate, key, "--tls_client_ca_file=a",
                        "--tls_allowed_names=a.*"}),
              ElementsAre(HasSubstr("'a.*': a * may stand for")));
  EXPECT_THAT(mistakes({certificate, key, "--tls_client_ca_file=a",
                        "--tls_allowed_names=*.a.org,spiffe://a.org/*",
                        "--token_file=t", "--plaintext"}),
              IsEmpty());
}

TEST(ServerConfigTest, SecuresTheAdminListenerOnlyAlongWithTheOther) {
  const auto mistakes = [](std::vector<std::string> flags) {
    return Load(std::move(flags)).result.mistakes;
  };
  const std::string certificate = "--tls_certificate_file=c";
  const std::string key = "--tls_key_file=k";
  const std::string authorities = "--tls_client_ca_file=a";
  const std::string names = "--admin_allowed_names=ops.a.org";

  EXPECT_THAT(mistakes({"--admin_tls"}),
              ElementsAre(HasSubstr("the certificate of the other")));
  EXPECT_THAT(mistakes({certificate, key, "--admin_tls", names}),
              ElementsAre(HasSubstr("asked for and verified")));
  EXPECT_THAT(mistakes({certificate, key, authorities, names}),
              ElementsAre(HasSubstr("asked for and verified")));
  EXPECT_THAT(mistakes({certificate, key, authorities, "--admin_tls",
                        "--admin_allowed_names=a.*"}),
              ElementsAre(HasSubstr("'a.*': a * may stand for")));
  EXPECT_THAT(mistakes({certificate, key, authorities, "--admin_tls", names}),
              IsEmpty());
}

TEST(ServerConfigTest, ValidatesWhatCodeFilledIn) {
  ServerConfig config;
  config.max_batch_size = 33;
  config.transport.max_message_bytes = config.image.max_encoded_bytes;

  EXPECT_THAT(ValidateServerConfig(config),
              ElementsAre("max_batch_size=33: too large; expected 1…32",
                          HasSubstr("a message must be larger")));
}

TEST(ServerConfigTest, PassesOverVariablesOfClientAndTools) {
  EXPECT_THAT(
      Load({}, {"WANWU_ADDRESS=h:1", "WANWU_WEIGHTS=w", "WANWU_MODELS_DIR=m",
                "WANWU_SHARED_DIR=s", "WANWU_BIN_DIR=b"})
          .result.warnings,
      IsEmpty());
}

TEST(ServerConfigTest, KeepsStateWhereTheXdgSpecificationSays) {
  EXPECT_EQ(Load({}, {"XDG_STATE_HOME=/x", "HOME=/h"}).config.state_dir,
            "/x/wanwu");
  EXPECT_EQ(Load({}, {"HOME=/h"}).config.state_dir, "/h/.local/state/wanwu");
  EXPECT_EQ(Load({}, {"XDG_STATE_HOME=relative"}).config.state_dir, "");
}

TEST(ServerConfigTest, StateCanBeSwitchedOff) {
  EXPECT_EQ(Load({"--state_dir="}, {"HOME=/h"}).config.state_dir, "");
}

TEST(ServerConfigTest, PrintsEveryOptionWithItsOrigin) {
  const std::string config =
      Load({"--print_config", "--lanes=2"}, {"WANWU_POLLERS=1"}).result.output;

  EXPECT_THAT(config, HasSubstr("lanes: 2  # flag\n"));
  EXPECT_THAT(config, HasSubstr("pollers: 1  # environment\n"));
  EXPECT_THAT(config, HasSubstr("queue_bytes: 0  # default\n"));
}

TEST(ServerConfigTest, VersionNamesTheProgram) {
  EXPECT_THAT(Load({"--version"}).result.output, HasSubstr("wanwu-server 0."));
}

// A config file of the repository, with what it prints as in force.
struct Profile {
  LoadedServerConfig loaded;
  std::string printed;
};

Profile LoadProfile(const std::string& name) {
  const std::string flag =
      std::string("--config=" WANWU_PROFILES "/") + name + ".yaml";
  return {Load({flag}), Load({flag, "--print_config"}).result.output};
}

TEST(ProfileTest, LowLatencyPutsAllCpusOnOnePicture) {
  const Profile profile = LoadProfile("low-latency");

  ASSERT_THAT(profile.loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(profile.loaded.config.lanes, 1);
  EXPECT_EQ(profile.loaded.config.intra_op_threads, 0);
  EXPECT_EQ(profile.loaded.config.batching, BatchingMode::kOff);
  EXPECT_THAT(profile.printed, HasSubstr("low-latency.yaml"));
}

TEST(ProfileTest, HighThroughputHasALanePerCpuAndBigBatches) {
  const Profile profile = LoadProfile("high-throughput");

  ASSERT_THAT(profile.loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(profile.loaded.config.lanes, 0);
  EXPECT_EQ(profile.loaded.config.intra_op_threads, 1);
  EXPECT_EQ(profile.loaded.config.batching, BatchingMode::kAdaptive);
  EXPECT_GE(profile.loaded.config.max_batch_size,
            ServerConfig().max_batch_size);
  EXPECT_THAT(profile.printed, HasSubstr("high-throughput.yaml"));
}

TEST(ServerConfigTest, PageHoldsEachOptionWithDefaultLimitsAndMeaning) {
  ServerConfig config;
  options::OptionTable table;
  AddServerOptions(table, config);

  EXPECT_THAT(options::RowsOfPage(WANWU_CONFIGURATION_PAGE),
              UnorderedElementsAreArray(options::RowsOf(table)));
}

}  // namespace
}  // namespace wanwu::app
