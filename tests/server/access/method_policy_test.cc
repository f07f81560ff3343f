#include "server/access/method_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wanwu::access {
namespace {

using ::testing::ElementsAre;

constexpr char kClassifier[] = "wanwu.v1.ImageClassifier";
constexpr char kInference[] = "inference.GRPCInferenceService";
constexpr char kHealth[] = "grpc.health.v1.Health";

std::vector<std::string> WhoMayCall(const Method& method) {
  std::vector<std::string> roles;
  for (const char* name : {"monitor", "classify", "gateway", "admin"}) {
    if (MayCall(*ParseRole(name), method)) roles.emplace_back(name);
  }
  return roles;
}

TEST(MethodPolicyTest, KnowsEveryMethodOfThePublicServices) {
  for (const char* name : {"Classify", "ClassifyBatch"}) {
    EXPECT_THAT(WhoMayCall({kClassifier, name}),
                ElementsAre("classify", "gateway", "admin"));
  }
  for (const char* name : {"ListModels", "GetModel"}) {
    EXPECT_THAT(WhoMayCall({kClassifier, name}),
                ElementsAre("monitor", "classify", "gateway", "admin"));
  }
  EXPECT_THAT(WhoMayCall({kClassifier, "WatchStatus"}),
              ElementsAre("monitor", "gateway", "admin"));
  for (const char* name : {"ModelInfer", "ModelStreamInfer"}) {
    EXPECT_THAT(WhoMayCall({kInference, name}),
                ElementsAre("classify", "gateway", "admin"));
  }
  for (const char* name :
       {"ServerLive", "ServerReady", "ModelReady", "ServerMetadata",
        "ModelMetadata", "ModelConfig", "RepositoryIndex"}) {
    EXPECT_THAT(WhoMayCall({kInference, name}),
                ElementsAre("monitor", "classify", "gateway", "admin"));
  }
  EXPECT_THAT(WhoMayCall({kInference, "ModelStatistics"}),
              ElementsAre("monitor", "gateway", "admin"));
  for (const char* name : {"RepositoryModelLoad", "RepositoryModelUnload"}) {
    EXPECT_THAT(WhoMayCall({kInference, name}), ElementsAre("admin"));
  }
  for (const char* name : {"Check", "List", "Watch"}) {
    EXPECT_THAT(WhoMayCall({kHealth, name}),
                ElementsAre("monitor", "classify", "gateway", "admin"));
  }
}

TEST(MethodPolicyTest, ShowsTheApiToEverybodyAndConnectionsToWatchers) {
  for (const char* version : {"v1alpha", "v1"}) {
    const std::string reflection =
        std::string("grpc.reflection.") + version + ".ServerReflection";
    EXPECT_THAT(WhoMayCall({reflection, "ServerReflectionInfo"}),
                ElementsAre("monitor", "classify", "gateway", "admin"));
    EXPECT_TRUE(IsOfLibrary({reflection, "ServerReflectionInfo"}));
  }
  EXPECT_THAT(WhoMayCall({"grpc.channelz.v1.Channelz", "GetServers"}),
              ElementsAre("monitor", "admin"));
  EXPECT_TRUE(IsOfLibrary({"grpc.channelz.v1.Channelz", "GetServers"}));
  EXPECT_FALSE(IsOfLibrary({kHealth, "Check"}));
  EXPECT_FALSE(IsOfLibrary({kClassifier, "Classify"}));
}

TEST(MethodPolicyTest, LeavesWhatItDoesNotKnowToAdmins) {
  EXPECT_THAT(WhoMayCall({"wanwu.v1.Admin", "LoadModel"}),
              ElementsAre("admin"));
  // The same name in another service.
  EXPECT_THAT(WhoMayCall({"wanwu.v1.Admin", "Watch"}), ElementsAre("admin"));
}

TEST(MethodPolicyTest, KnowsItsRolesByNameAndNoOthers) {
  for (const char* name : {"monitor", "classify", "gateway", "admin"}) {
    EXPECT_EQ(RoleName(*ParseRole(name)), name);
  }
  EXPECT_FALSE(ParseRole("Admin").has_value());
  EXPECT_FALSE(ParseRole("").has_value());
}

TEST(MethodPolicyTest, TellsHealth) {
  EXPECT_TRUE(IsHealth({kHealth, "Check"}));
  EXPECT_FALSE(IsHealth({kClassifier, "Classify"}));
}

}  // namespace
}  // namespace wanwu::access
