#include "gateway/app/gateway_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/common/options/option_page.h"

namespace wanwu::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

LoadedGatewayConfig Load(std::vector<std::string> arguments,
                         std::vector<std::string> environment = {}) {
  return LoadGatewayConfig({.arguments = std::move(arguments),
                            .environment = std::move(environment)});
}

std::vector<std::string> Mistakes(std::vector<std::string> arguments) {
  return Load(std::move(arguments)).result.mistakes;
}

TEST(GatewayConfigTest, StartsFromTheDocumentedDefaults) {
  const LoadedGatewayConfig loaded = Load({});

  EXPECT_EQ(loaded.result.outcome, options::Outcome::kRun);
  EXPECT_EQ(loaded.config.listen_address, "127.0.0.1:8501");
  EXPECT_EQ(loaded.config.server_address, "127.0.0.1:8500");
  EXPECT_EQ(loaded.config.default_timeout, std::chrono::seconds(30));
  EXPECT_EQ(loaded.config.cors_allow_origins, "");
}

TEST(GatewayConfigTest, TakesSeveralServersOfOneKind) {
  const LoadedGatewayConfig loaded =
      Load({"--server_address=10.0.0.1:1,10.0.0.2:1",
            "--server_choice=each_in_turn"});

  EXPECT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(loaded.config.server_address, "10.0.0.1:1,10.0.0.2:1");
  EXPECT_EQ(loaded.config.server_choice, client::ServerChoice::kEachInTurn);
  EXPECT_THAT(Mistakes({"--server_address=10.0.0.1:1,10.0.0.2"}),
              ElementsAre(HasSubstr("no port")));
  EXPECT_THAT(Mistakes({"--server_address=10.0.0.1:1,[::1]:1"}),
              ElementsAre(HasSubstr("all of IPv4 or all of IPv6")));
  EXPECT_THAT(
      Mistakes({"--server_address=10.0.0.1:1,10.0.0.2:1", "--server_tls"}),
      ElementsAre(HasSubstr("need one name")));
}

TEST(GatewayConfigTest, SetsEachTypeOfOption) {
  const LoadedGatewayConfig loaded =
      Load({"--listen_address=[::1]:0", "--threads=2", "--server_tls",
            "--tls_certificate_file=c.pem", "--tls_key_file=k.pem",
            "--server_address=unix:/run/wanwu.sock", "--idle_timeout=1.5s",
            "--buffer_bytes=1GiB", "--cors_allow_origins=https://a.example",
            "--log_format=json", "--log_level=debug", "--access_log_ratio=1",
            "--slow_request=1s", "--trace_endpoint=file:/x",
            "--trace_sample_ratio=1"});

  ASSERT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(loaded.config.listen_address, "[::1]:0");
  EXPECT_EQ(loaded.config.threads, 2);
  EXPECT_EQ(loaded.config.traces.endpoint, "file:/x");
  EXPECT_EQ(loaded.config.traces.sample_ratio, 1);
  EXPECT_TRUE(loaded.config.server_tls);
  EXPECT_EQ(loaded.config.tls_key_file, "k.pem");
  EXPECT_EQ(loaded.config.server_address, "unix:/run/wanwu.sock");
  EXPECT_EQ(loaded.config.idle_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(loaded.config.buffer_bytes, size_t{1} << 30);
  EXPECT_EQ(loaded.config.cors_allow_origins, "https://a.example");
  EXPECT_EQ(loaded.config.log.format, logging::Format::kJson);
  EXPECT_EQ(loaded.config.log.level, logging::Level::kDebug);
}

TEST(GatewayConfigTest, TakesOriginsOfPicturesAndNothingElse) {
  const LoadedGatewayConfig loaded =
      Load({"--picture_origins=https://a.example,http://127.0.0.1:1"});

  ASSERT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_THAT(PictureOriginsOf(loaded.config),
              ElementsAre("https://a.example", "http://127.0.0.1:1"));
  EXPECT_THAT(PictureOriginsOf(GatewayConfig()), IsEmpty());
  EXPECT_THAT(Mistakes({"--picture_origins=https://a.example,*"}),
              ElementsAre(HasSubstr("an origin begins with https://")));
}

TEST(GatewayConfigTest, ServesHttpOnNoUnixSocket) {
  EXPECT_THAT(Mistakes({"--listen_address=unix:/x"}),
              ElementsAre("--listen_address=unix:/x (flag): HTTP is served on "
                          "HOST:PORT only"));
}

TEST(GatewayConfigTest, TakesACertificateOnlyWithItsKey) {
  EXPECT_THAT(Mistakes({"--tls_key_file=k.pem"}),
              ElementsAre(HasSubstr("a certificate and its key go together")));
  EXPECT_THAT(Mistakes({"--tls_certificate_file=c.pem"}),
              ElementsAre(HasSubstr("a certificate and its key go together")));
}

TEST(GatewayConfigTest, TakesCertificatesOfTheServerOnlyWithTls) {
  EXPECT_THAT(Mistakes({"--server_ca_file=ca.pem"}),
              ElementsAre("--server_ca_file=ca.pem (flag), --server_tls=false "
                          "(default): certificates are of no use without TLS"));
  EXPECT_THAT(Mistakes({"--server_ca_file=ca.pem", "--server_tls"}), IsEmpty());
}

TEST(GatewayConfigTest, SendsNoTokenInTheClear) {
  EXPECT_THAT(Mistakes({"--server_token_file=t", "--server_address=s:1"}),
              ElementsAre(HasSubstr("a token must not travel in the clear")));
  for (const char* allowed : {"--server_tls", "--server_address=[::1]:1",
                              "--server_address=unix:/s"}) {
    EXPECT_THAT(Mistakes({"--server_token_file=t", allowed}), IsEmpty());
  }
}

TEST(GatewayConfigTest, KeepsRoomForTheLargestPictureInTheBuffers) {
  EXPECT_THAT(Load({}, {"WANWU_BUFFER_BYTES=1MiB"}).result.mistakes,
              ElementsAre(AllOf(HasSubstr("--buffer_bytes=1MiB (environment)"),
                                HasSubstr("could never be taken"))));
}

TEST(GatewayConfigTest, KeepsPicturesWithinWhatAMessageCarries) {
  EXPECT_THAT(Mistakes({"--max_image_bytes=20MiB"}),
              ElementsAre(HasSubstr("--max_image_bytes=20MiB (flag): too "
                                    "large")));
}

TEST(GatewayConfigTest, NamesEachMistakeOnALineOfItsOwn) {
  EXPECT_THAT(Mistakes({"--threads=0", "--log_level=loud", "--idle_timeout=5",
                        "--no_such=1"}),
              ::testing::UnorderedElementsAre(
                  HasSubstr("--threads=0 (flag): too small"),
                  HasSubstr("expected debug|info|warning|error"),
                  HasSubstr("--idle_timeout=5 (flag)"), HasSubstr("no_such")));
}

TEST(GatewayConfigTest, PassesOverVariablesOfClientAndTools) {
  EXPECT_THAT(
      Load({}, {"WANWU_ADDRESS=h:1", "WANWU_WEIGHTS=w", "WANWU_MODELS_DIR=m",
                "WANWU_SHARED_DIR=s", "WANWU_BIN_DIR=b"})
          .result.warnings,
      IsEmpty());
}

TEST(GatewayConfigTest, VersionNamesTheProgram) {
  EXPECT_THAT(Load({"--version"}).result.output, HasSubstr("wanwu-gateway 0."));
}

TEST(GatewayConfigTest, PageHoldsEachOptionWithDefaultLimitsAndMeaning) {
  GatewayConfig config;
  options::OptionTable table;
  AddGatewayOptions(table, config);

  EXPECT_THAT(options::RowsOfPage(WANWU_GATEWAY_CONFIGURATION_PAGE),
              UnorderedElementsAreArray(options::RowsOf(table)));
}

}  // namespace
}  // namespace wanwu::gateway
