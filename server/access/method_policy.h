#pragma once

#include <optional>
#include <string_view>

namespace wanwu::access {

// What the holder of a token may do.
enum class Role {
  kMonitor,   // look: models, status, health
  kClassify,  // classify, and see which models there are
  kGateway,   // both, in the name of callers of its own
  kAdmin,     // everything
};

// monitor, classify, gateway, admin; nullopt for anything else.
std::optional<Role> ParseRole(std::string_view name);
std::string_view RoleName(Role role);

struct Method {
  std::string_view service;  // "wanwu.v1.ImageClassifier"
  std::string_view name;     // "Classify"

  bool operator==(const Method&) const = default;
};

// By the tables in method_policy.cc; a method that is in none is for admins
// only.
bool MayCall(Role role, const Method& method);

bool IsHealth(const Method& method);

// Reflection and channelz, which the gRPC library serves.
bool IsOfLibrary(const Method& method);

}  // namespace wanwu::access
