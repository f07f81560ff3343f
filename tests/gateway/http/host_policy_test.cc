#include "gateway/http/host_policy.h"

#include <gtest/gtest.h>

#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

using Addresses = HostPolicy::Addresses;

RequestHead To(const std::string& host) {
  RequestHead head;
  head.headers.set("Host", host);
  return head;
}

void ExpectAllowed(const HostPolicy& policy, const std::string& host) {
  EXPECT_TRUE(policy.Check(To(host)).ok()) << host;
}

void ExpectRefused(const HostPolicy& policy, const std::string& host) {
  const absl::Status status = policy.Check(To(host));
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << host;
  EXPECT_TRUE(HasReason(status, kHostNotAllowed)) << host;
}

TEST(HostPolicyTest, KnowsLoopbackByItsNamesAndAddresses) {
  const HostPolicy policy({}, Addresses::kLoopback);

  for (const char* host :
       {"localhost", "LocalHost:8501", "localhost.:8501", "app.localhost",
        "127.0.0.1", "127.0.0.1:8501", "127.1.2.3:1", "[::1]", "[::1]:8501"}) {
    ExpectAllowed(policy, host);
  }
}

TEST(HostPolicyTest, RefusesOtherNamesAndWhatLooksLikeLoopback) {
  const HostPolicy policy({}, Addresses::kLoopback);

  for (const char* host :
       {"evil.example", "evil.example:8501", "localhost.evil.example",
        "notlocalhost", "127.0.0.1.evil.example", "0.0.0.0:8501", "10.0.0.7",
        "[::2]:8501", "[fe80::1]", ":8501", "[", "[]", "::1", "."}) {
    ExpectRefused(policy, host);
  }
}

TEST(HostPolicyTest, TakesTheNamesThatItWasGiven) {
  const HostPolicy policy({"pictures.example"}, Addresses::kLoopback);

  ExpectAllowed(policy, "Pictures.example:443");
  ExpectAllowed(policy, "localhost");
  ExpectRefused(policy, "other.example");
}

// As probes do, which know no name.
TEST(HostPolicyTest, MayTakeAnyAddressSinceNoneCanBeRebound) {
  const HostPolicy policy({"pictures.example"}, Addresses::kAll);

  ExpectAllowed(policy, "10.0.0.7:8501");
  ExpectAllowed(policy, "[2001:db8::7]:8501");
  ExpectRefused(policy, "other.example");
}

TEST(HostPolicyTest, AsksNothingOfThoseWhoSendNoHost) {
  EXPECT_TRUE(HostPolicy({}, Addresses::kLoopback).Check({}).ok());
}

TEST(HostPolicyTest, TakesAnyNameWhereAnyIsAllowed) {
  ExpectAllowed(HostPolicy(), "other.example");
  ExpectAllowed(HostPolicy({"*"}, Addresses::kLoopback), "other.example");
}

}  // namespace
}  // namespace wanwu::gateway
