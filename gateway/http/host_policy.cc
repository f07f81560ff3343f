#include "gateway/http/host_policy.h"

#include <boost/asio/ip/address.hpp>

#include "absl/strings/ascii.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace ip = boost::asio::ip;

// "Example.org.:8501" is "example.org", "[::1]:8501" is "::1".
std::string NameIn(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return absl::AsciiStrToLower({host.data(), host.size()});
}

}  // namespace

bool IsLoopback(std::string_view host) {
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(host), error);
  if (!error) return address.is_loopback();
  return host == "localhost" || host.ends_with(".localhost");
}

absl::Status HostPolicy::Check(const RequestHead& head) const {
  const std::string_view host = head.Header("Host");
  if (any_ || host.empty()) return absl::OkStatus();
  const std::string name = NameIn(host);
  boost::system::error_code error;
  ip::make_address(name, error);
  const bool address = !error && addresses_ == Addresses::kAll;
  if (address || IsLoopback(name) || names_.contains(name)) {
    return absl::OkStatus();
  }
  return GatewayError(absl::StatusCode::kPermissionDenied, kHostNotAllowed,
                      "the gateway does not go by the Host that was asked for; "
                      "its operator can allow it: --allowed_hosts");
}

}  // namespace wanwu::gateway
