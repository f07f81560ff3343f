#include "client/tuning/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/app/server_config.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::tuning {
namespace {

using testing::IsEmpty;
using testing::StartsWith;

app::LoadedServerConfig Load(const std::string& text) {
  const test::TemporaryDirectory directory;
  return app::LoadServerConfig(
      {.arguments = {"--config=" + directory.Write("tuned.yaml", text)},
       .environment = {}});
}

TEST(ConfigFileTest, ServerReadsBackWhatWasFound) {
  const Settings settings = {.lanes = 3,
                             .intra_op_threads = 2,
                             .precision = "int8",
                             .max_batch_size = 16,
                             .max_queue_delay = std::chrono::microseconds(500)};

  const auto loaded = Load(ToConfigFile(settings, {"a comment: with: colons"}));

  ASSERT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(loaded.config.lanes, 3);
  EXPECT_EQ(loaded.config.intra_op_threads, 2);
  EXPECT_EQ(loaded.config.precision, model::PrecisionRequest::kInt8);
  EXPECT_EQ(loaded.config.max_batch_size, 16);
  EXPECT_EQ(loaded.config.max_queue_delay, std::chrono::microseconds(500));
}

TEST(ConfigFileTest, DefaultsAreTheServersOwn) {
  const app::ServerConfig own;

  const auto loaded = Load(ToConfigFile({}, {}));

  ASSERT_THAT(loaded.result.mistakes, IsEmpty());
  EXPECT_EQ(loaded.config.lanes, own.lanes);
  EXPECT_EQ(loaded.config.intra_op_threads, own.intra_op_threads);
  EXPECT_EQ(loaded.config.precision, own.precision);
  EXPECT_EQ(loaded.config.max_batch_size, own.max_batch_size);
  EXPECT_EQ(loaded.config.max_queue_delay, own.max_queue_delay);
}

TEST(ConfigFileTest, CommentsStayOneLineEach) {
  EXPECT_THAT(ToConfigFile({}, {"a\nlanes: 7", "b"}),
              StartsWith("# a lanes: 7\n# b\nlanes: 0\n"));
}

}  // namespace
}  // namespace wanwu::tuning
