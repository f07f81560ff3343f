#include "server/rpc/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace wanwu::rpc {
namespace {

constexpr std::string_view kUnixScheme = "unix:";

// `address` is unix:PATH, whose length was checked with the configuration.
sockaddr_un UnixAddress(const std::string& address) {
  sockaddr_un result = {};
  result.sun_family = AF_UNIX;
  std::string_view(address)
      .substr(kUnixScheme.size())
      .copy(result.sun_path, sizeof(result.sun_path) - 1);
  return result;
}

class Socket {
 public:
  // Non-blocking: a server whose backlog is full must not hold us up.
  explicit Socket(int family)
      : descriptor_(
            socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

std::string ErrorText(int error) {
  return std::generic_category().message(error);
}

// For the rare case that the address has become free meanwhile.
std::string Why(int error) {
  return error == 0 ? "it was taken, but no longer is" : ErrorText(error);
}

// 0 or the error.
int TryToListen(int family, const sockaddr* address, socklen_t size) {
  const Socket socket(family);
  const int on = 1;
  setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(socket.descriptor(), address, size) != 0) return errno;
  return listen(socket.descriptor(), 1) == 0 ? 0 : errno;
}

std::string WhyNotUnix(const std::string& address) {
  const sockaddr_un path = UnixAddress(address);
  const int error = TryToListen(
      AF_UNIX, reinterpret_cast<const sockaddr*>(&path), sizeof(path));
  if (error == 0) unlink(path.sun_path);
  return Why(error);
}

std::string WhyNotHostPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int unknown = getaddrinfo(
      host.c_str(), address.substr(colon + 1).c_str(), &hints, &found);
  if (unknown != 0) return gai_strerror(unknown);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 &freeaddrinfo);
  int error = 0;
  for (const addrinfo* each = found; each != nullptr && error == 0;
       each = each->ai_next) {
    error = TryToListen(each->ai_family, each->ai_addr, each->ai_addrlen);
  }
  return Why(error);
}

}  // namespace

bool IsUnixAddress(const std::string& address) {
  return std::string_view(address).substr(0, kUnixScheme.size()) == kUnixScheme;
}

absl::Status CheckNobodyListens(const std::string& address) {
  if (!IsUnixAddress(address)) return absl::OkStatus();
  const sockaddr_un path = UnixAddress(address);
  const Socket socket(AF_UNIX);
  const int error =
      connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&path),
              sizeof(path)) == 0
          ? 0
          : errno;
  // The file is not there, or nobody is behind it any more.
  if (error == ENOENT || error == ECONNREFUSED) return absl::OkStatus();
  const bool somebody = error == 0 || error == EAGAIN;
  return absl::UnavailableError(absl::StrCat(
      "cannot listen on ", address, ": ",
      somebody ? "another server listens there" : ErrorText(error)));
}

std::string WhyNotListen(const std::string& address) {
  return IsUnixAddress(address) ? WhyNotUnix(address) : WhyNotHostPort(address);
}

}  // namespace wanwu::rpc
