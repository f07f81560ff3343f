#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/secrets/watched_files.h"
#include "server/access/method_policy.h"
#include "server/access/name_patterns.h"
#include "server/access/token_list.h"

namespace wanwu::access {

using TokenFile = secrets::WatchedFiles<TokenList>;

// What a call shows of who makes it.
struct Presented {
  // The metadata "authorization", if there is one.
  std::optional<std::string_view> authorization = {};
  // DNS names and URIs of the client's certificate, which was verified.
  std::vector<std::string_view> certificate_names = {};
};

// Who makes a call, as far as that was shown.
struct Caller {
  // The same for all of its calls, and nobody else's. Empty: not known.
  std::string identity = {};
  // May it say whom it calls for?
  bool speaks_for_others = true;
};

// Decides who may call what: the one place for every listener. Thread-safe;
// waits for nothing.
class AccessControl {
 public:
  struct Options {
    // Null: nobody needs a token.
    std::shared_ptr<const TokenFile> tokens = nullptr;
    // Empty: any certificate that was verified will do.
    NamePatterns allowed_names = {};
    bool health_is_open = true;
  };

  // Everybody may do everything.
  AccessControl() = default;
  explicit AccessControl(Options options) : options_(std::move(options)) {}

  // False: every caller may call everything.
  bool asks() const {
    return options_.tokens != nullptr || !options_.allowed_names.empty();
  }

  // UNAUTHENTICATED (TOKEN_MISSING, TOKEN_UNKNOWN) or PERMISSION_DENIED
  // (NAME_NOT_ALLOWED, ROLE_NOT_ALLOWED).
  absl::StatusOr<Caller> Check(const Presented& presented,
                               const Method& method) const;

 private:
  Options options_;
};

}  // namespace wanwu::access
