#include "server/access/method_policy.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wanwu::access {
namespace {

constexpr std::string_view kClassifier = "wanwu.v1.ImageClassifier";
constexpr std::string_view kInference = "inference.GRPCInferenceService";
constexpr std::string_view kHealth = "grpc.health.v1.Health";
constexpr std::string_view kReflection = "grpc.reflection.";
constexpr std::string_view kChannelz = "grpc.channelz.";

constexpr std::array<std::pair<std::string_view, Role>, 4> kRoles = {{
    {"monitor", Role::kMonitor},
    {"classify", Role::kClassify},
    {"gateway", Role::kGateway},
    {"admin", Role::kAdmin},
}};

// Who may call a method, besides gateways, which may call all of these, and
// admins.
struct Policy {
  Method method;
  bool classify;
  bool monitor;
};

constexpr std::array<Policy, 18> kPolicies = {{
    {{kClassifier, "Classify"}, true, false},
    {{kClassifier, "ClassifyBatch"}, true, false},
    {{kClassifier, "ListModels"}, true, true},
    {{kClassifier, "GetModel"}, true, true},
    {{kClassifier, "WatchStatus"}, false, true},
    {{kInference, "ModelInfer"}, true, false},
    {{kInference, "ModelStreamInfer"}, true, false},
    {{kInference, "ServerLive"}, true, true},
    {{kInference, "ServerReady"}, true, true},
    {{kInference, "ModelReady"}, true, true},
    {{kInference, "ServerMetadata"}, true, true},
    {{kInference, "ModelMetadata"}, true, true},
    {{kInference, "ModelConfig"}, true, true},
    {{kInference, "RepositoryIndex"}, true, true},
    {{kInference, "ModelStatistics"}, false, true},
    {{kHealth, "Check"}, true, true},
    {{kHealth, "List"}, true, true},
    {{kHealth, "Watch"}, true, true},
}};

}  // namespace

std::optional<Role> ParseRole(std::string_view name) {
  for (const auto& [known, role] : kRoles) {
    if (known == name) return role;
  }
  return std::nullopt;
}

std::string_view RoleName(Role role) {
  return kRoles[static_cast<size_t>(role)].first;
}

bool MayCall(Role role, const Method& method) {
  if (role == Role::kAdmin) return true;
  // What it shows is in the repository, for every version of the protocol.
  if (method.service.starts_with(kReflection)) return true;
  // Who is connected: for those who watch.
  if (method.service.starts_with(kChannelz)) return role == Role::kMonitor;
  const auto* const policy =
      std::find_if(kPolicies.begin(), kPolicies.end(),
                   [&](const Policy& each) { return each.method == method; });
  if (policy == kPolicies.end()) return false;
  return role == Role::kGateway ||
         (role == Role::kClassify ? policy->classify : policy->monitor);
}

bool IsHealth(const Method& method) {
  return method.service == kHealth ||
         method == Method{kInference, "ServerLive"} ||
         method == Method{kInference, "ServerReady"};
}

bool IsOfLibrary(const Method& method) {
  return method.service.starts_with(kReflection) ||
         method.service.starts_with(kChannelz);
}

}  // namespace wanwu::access
