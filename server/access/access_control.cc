#include "server/access/access_control.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/errors/service_error.h"
#include "server/errors/shown.h"

namespace wanwu::access {
namespace {

constexpr std::string_view kScheme = "Bearer ";

absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}

absl::Status TokenMissing() {
  return errors::ServiceError(
      absl::StatusCode::kUnauthenticated, errors::kTokenMissing,
      "the server asks for a token: send the metadata 'authorization: Bearer "
      "TOKEN'");
}

absl::Status TokenUnknown() {
  return errors::ServiceError(absl::StatusCode::kUnauthenticated,
                              errors::kTokenUnknown,
                              "the token is none of those the server knows");
}

absl::Status RoleNotAllowed(const TokenHolder& holder, const Method& method) {
  return errors::ServiceError(
      absl::StatusCode::kPermissionDenied, errors::kRoleNotAllowed,
      absl::StrCat("the role ", ToAbsl(RoleName(holder.role)),
                   " of the token does not allow ", ToAbsl(method.name)),
      {{std::string(errors::kValue), std::string(RoleName(holder.role))}});
}

absl::Status NameNotAllowed(const std::vector<std::string_view>& names) {
  const std::string shown = names.empty() ? "" : errors::Shown(names.front());
  return errors::ServiceError(
      absl::StatusCode::kPermissionDenied, errors::kNameNotAllowed,
      "no name of the client's certificate is among those the server lets in",
      {{std::string(errors::kValue), shown}});
}

// What the metadata holds after "Bearer ".
std::optional<std::string_view> TokenIn(const Presented& presented) {
  if (!presented.authorization.has_value()) return std::nullopt;
  std::string_view text = *presented.authorization;
  if (!absl::StartsWithIgnoreCase(ToAbsl(text), ToAbsl(kScheme))) {
    return std::nullopt;
  }
  text.remove_prefix(kScheme.size());
  return text;
}

Caller CallerOf(const Presented& presented) {
  if (presented.certificate_names.empty()) return {};
  return {.identity = absl::StrCat("certificate ",
                                   ToAbsl(presented.certificate_names.front())),
          .speaks_for_others = false};
}

}  // namespace

absl::StatusOr<Caller> AccessControl::Check(const Presented& presented,
                                            const Method& method) const {
  if (options_.health_is_open && IsHealth(method)) return CallerOf(presented);
  const auto& names = presented.certificate_names;
  const NamePatterns& allowed = options_.allowed_names;
  if (!allowed.empty() &&
      std::none_of(names.begin(), names.end(),
                   [&](auto name) { return allowed.Match(name); })) {
    return NameNotAllowed(names);
  }
  if (options_.tokens == nullptr) return CallerOf(presented);
  const std::optional<std::string_view> token = TokenIn(presented);
  if (!token.has_value()) return TokenMissing();
  const auto tokens = options_.tokens->Current();
  const TokenHolder* holder = tokens->Find(*token);
  if (holder == nullptr) return TokenUnknown();
  if (!MayCall(holder->role, method)) return RoleNotAllowed(*holder, method);
  return Caller{.identity = absl::StrCat("token ", holder->name),
                .speaks_for_others = holder->role == Role::kGateway};
}

}  // namespace wanwu::access
