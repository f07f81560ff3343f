#include "client/lib/server_addresses.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wanwu::client {
namespace {

bool IsAddressOf(int family, const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (family == AF_INET6) {
    if (!host.starts_with('[') || !host.ends_with(']')) return false;
    host = host.substr(1, host.size() - 2);
  }
  in6_addr parsed = {};
  return inet_pton(family, host.c_str(), &parsed) == 1;
}

bool AreAll(int family, const std::vector<std::string>& addresses) {
  return std::all_of(
      addresses.begin(), addresses.end(),
      [family](const auto& each) { return IsAddressOf(family, each); });
}

}  // namespace

std::vector<std::string> SplitAddresses(const std::string& addresses) {
  return absl::StrSplit(addresses, ',');
}

absl::Status CheckAddresses(const std::string& addresses) {
  const std::vector<std::string> all = SplitAddresses(addresses);
  if (all.size() == 1 || AreAll(AF_INET, all) || AreAll(AF_INET6, all)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "several addresses must be all of IPv4 or all of IPv6; or give one name "
      "that stands for them");
}

std::string TargetOf(const std::string& addresses) {
  const std::vector<std::string> all = SplitAddresses(addresses);
  if (all.size() == 1) return addresses;
  return absl::StrCat(AreAll(AF_INET, all) ? "ipv4:" : "ipv6:", addresses);
}

}  // namespace wanwu::client
