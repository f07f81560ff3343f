#include "client/cli/secure_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/secrets/temporary_folder.h"

namespace wanwu::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kLocal[] = "127.0.0.1:8500";

std::string Mistake(const std::string& address,
                    const SecureConnection& options) {
  return std::string(ChannelFor(address, options).status().message());
}

TEST(SecureConnectionTest, IsInTheClearUnlessSomethingElseIsAskedFor) {
  const auto channel = ChannelFor(kLocal, {}).value();

  EXPECT_EQ(channel.address, kLocal);
  EXPECT_FALSE(channel.tls.has_value());
  EXPECT_EQ(channel.token, nullptr);
}

TEST(SecureConnectionTest, AnyOptionOfTlsMeansTls) {
  SecureConnection named;
  named.server_name = "images";
  EXPECT_EQ(ChannelFor(kLocal, named).value().tls->server_name, "images");

  SecureConnection plain;
  plain.tls = true;
  EXPECT_TRUE(ChannelFor(kLocal, plain).value().tls.has_value());
}

TEST(SecureConnectionTest, ACertificateAndItsKeyGoTogether) {
  SecureConnection options;
  options.key_file = "k";

  EXPECT_THAT(Mistake(kLocal, options), HasSubstr("go together"));
}

TEST(SecureConnectionTest, ReadsTheTokenAndSendsItNowhereInTheClear) {
  const test_support::TemporaryFolder folder;
  SecureConnection options;
  options.token_file = folder.Write("token", "s3cret\n");

  EXPECT_EQ(ChannelFor(kLocal, options).value().token(), "s3cret");
  EXPECT_THAT(Mistake("images:8500", options), HasSubstr("in the clear"));

  options.token_file = folder.Path("none");
  EXPECT_THAT(Mistake(kLocal, options), HasSubstr("cannot read"));
}

TEST(SecureConnectionTest, HintsAtWhatIsAmiss) {
  EXPECT_THAT(ConnectionHint(false, "last error: Socket closed"),
              HasSubstr("add --tls"));
  EXPECT_THAT(ConnectionHint(true,
                             "CERTIFICATE_VERIFY_FAILED: certificate "
                             "verify failed"),
              HasSubstr("--tls_ca_file"));
  EXPECT_THAT(ConnectionHint(true, "Hostname Verification Check failed."),
              HasSubstr("--tls_server_name"));
  EXPECT_THAT(ConnectionHint(true, "SSL routines::wrong version number"),
              HasSubstr("leave out --tls"));
  EXPECT_THAT(ConnectionHint(false, "Connection refused"),
              HasSubstr("is wanwu-server running there?"));
  EXPECT_THAT(ConnectionHint(false, "Connection refused", Listener::kAdmin),
              HasSubstr("--admin_address"));
}

}  // namespace
}  // namespace wanwu::cli
