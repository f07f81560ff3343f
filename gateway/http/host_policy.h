#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "gateway/http/request_head.h"

namespace wanwu::gateway {

// Is it this machine's own: localhost, a name below it, or a loopback address?
bool IsLoopback(std::string_view host);

// By which names callers may address the gateway. A page whose name was made to
// resolve to this machine (DNS rebinding) has the gateway's origin in a
// browser's eyes, but sends that name.
class HostPolicy {
 public:
  enum class Addresses { kLoopback, kAll };

  // Any name.
  HostPolicy() = default;

  // Loopback's names, `names` in lower case ("*": any), and IP addresses, which
  // cannot be rebound.
  HostPolicy(std::set<std::string> names, Addresses addresses)
      : any_(names.contains("*")),
        names_(std::move(names)),
        addresses_(addresses) {}

  // PERMISSION_DENIED for another Host. Whoever sends none is no browser.
  absl::Status Check(const RequestHead& head) const;

 private:
  const bool any_ = true;
  const std::set<std::string> names_;
  const Addresses addresses_ = Addresses::kAll;
};

}  // namespace wanwu::gateway
