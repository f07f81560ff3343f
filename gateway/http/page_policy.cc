#include "gateway/http/page_policy.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <algorithm>

namespace wanwu::gateway {
namespace {

bool IsOfHost(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ||
         c == '-';
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsHostAndPort(std::string_view rest) {
  const size_t colon = rest.find(':');
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with("*.")) host.remove_prefix(2);
  if (host.empty() || !std::ranges::all_of(host, IsOfHost)) return false;
  if (colon == std::string_view::npos) return true;
  const std::string_view port = rest.substr(colon + 1);
  return !port.empty() && port.size() <= 5 &&
         std::ranges::all_of(port, IsDigit);
}

}  // namespace

std::string PagePolicy(const std::vector<std::string>& picture_origins) {
  const std::string more = absl::StrJoin(picture_origins, " ");
  return absl::StrCat(
      "default-src 'none'; script-src 'self'; style-src 'self'; "
      "img-src 'self' blob: data:; media-src 'self' blob:; "
      "connect-src 'self'",
      more.empty() ? "" : " ", more,
      "; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

std::string_view MistakeInPictureOrigin(std::string_view origin) {
  if (origin == "https:") return "";
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (origin.starts_with(scheme)) {
      return IsHostAndPort(origin.substr(scheme.size()))
                 ? ""
                 : "an origin is a scheme, a host and perhaps a port, without "
                   "a path";
    }
  }
  return "an origin begins with https:// or http://";
}

}  // namespace wanwu::gateway
