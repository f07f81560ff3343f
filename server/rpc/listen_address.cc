#include "server/rpc/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wanwu::rpc {
namespace {

constexpr std::string_view kUnixScheme = "unix:";

std::string ErrorText(int error) {
  return std::generic_category().message(error);
}

absl::Status CannotListen(const std::string& address, const std::string& why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

// `address` is unix:PATH, whose length was checked with the configuration.
sockaddr_un UnixAddress(const std::string& address) {
  sockaddr_un result = {};
  result.sun_family = AF_UNIX;
  std::string_view(address)
      .substr(kUnixScheme.size())
      .copy(result.sun_path, sizeof(result.sun_path) - 1);
  return result;
}

// Non-blocking: a server whose backlog is full must not hold us up, nor a
// caller who left before we accepted.
Descriptor NewSocket(int family) {
  return Descriptor(
      socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// 0 or the error.
int Bind(const Descriptor& socket, const sockaddr* address, socklen_t size) {
  if (socket.number() < 0) return errno;
  return bind(socket.number(), address, size) == 0 ? 0 : errno;
}

// The file of a socket whose server is gone; another file is left alone.
void RemoveSocketFile(const char* path) {
  struct stat status = {};
  if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path);
}

absl::StatusOr<Listening> BindToPath(const std::string& address) {
  const sockaddr_un path = UnixAddress(address);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&path);
  const Descriptor question = NewSocket(AF_UNIX);
  const int answer =
      connect(question.number(), generic, sizeof(path)) == 0 ? 0 : errno;
  if (answer == 0 || answer == EAGAIN) {
    return CannotListen(address, "another server listens there");
  }
  // The file is not there, or nobody is behind it any more.
  if (answer != ENOENT && answer != ECONNREFUSED) {
    return CannotListen(address, ErrorText(answer));
  }
  RemoveSocketFile(path.sun_path);
  std::vector<Descriptor> sockets;
  sockets.push_back(NewSocket(AF_UNIX));
  const int error = Bind(sockets.front(), generic, sizeof(path));
  if (error != 0) return CannotListen(address, ErrorText(error));
  Listening bound(std::move(sockets), 0, path.sun_path);
  // Else another server would take the socket for one left behind.
  const absl::Status listens = StartListening(bound, address);
  if (!listens.ok()) return listens;
  return bound;
}

int PortOf(const Descriptor& socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6
                   ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                   : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

void SetPort(sockaddr* address, int port) {
  const auto number = htons(static_cast<uint16_t>(port));
  if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = number;
  } else {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = number;
  }
}

// 0 or the error; then the socket is added, and port 0 becomes what it got.
int AddSocket(addrinfo& address, bool both_families, int& port,
              std::vector<Descriptor>& sockets) {
  if (port != 0) SetPort(address.ai_addr, port);
  Descriptor socket = NewSocket(address.ai_family);
  const int number = socket.number();
  const int on = 1;
  const int v6_only = both_families ? 0 : 1;
  // A restart need not wait for old connections to fade.
  setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // Accepted sockets inherit it: answers are written whole.
  setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(number, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only));
  const int error = Bind(socket, address.ai_addr, address.ai_addrlen);
  if (error != 0) return error;
  port = PortOf(socket);
  sockets.push_back(std::move(socket));
  return 0;
}

// Adds a socket for each address of `host` that this machine has. Empty, or
// why it must not or cannot be.
std::string AddHost(const std::string& host, const std::string& port_text,
                    bool both_families, int& port,
                    std::vector<Descriptor>& sockets) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int unknown =
      getaddrinfo(host.c_str(), port_text.c_str(), &hints, &found);
  if (unknown != 0) return gai_strerror(unknown);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 &freeaddrinfo);
  int error = 0;
  for (addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int failed = AddSocket(*each, both_families, port, sockets);
    // Half of an address would answer some callers only.
    if (failed == EADDRINUSE) return ErrorText(failed);
    if (failed != 0) error = failed;
  }
  return sockets.empty() ? ErrorText(error) : "";
}

absl::StatusOr<Listening> BindToPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string port_text = address.substr(colon + 1);
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  std::vector<Descriptor> sockets;
  int port = 0;
  std::string why;
  if (host == "::" || host == "0.0.0.0") {
    why = AddHost("::", port_text, true, port, sockets);
    // A machine may have no IPv6.
    if (sockets.empty()) {
      why = AddHost("0.0.0.0", port_text, false, port, sockets);
    }
  } else {
    why = AddHost(host, port_text, false, port, sockets);
  }
  if (!why.empty()) return CannotListen(address, why);
  return Listening(std::move(sockets), port, "");
}

}  // namespace

Listening& Listening::operator=(Listening&& other) noexcept {
  Close();
  sockets_ = std::move(other.sockets_);
  port_ = other.port_;
  path_ = std::exchange(other.path_, "");
  return *this;
}

void Listening::Close() {
  // The path first, so that nobody can connect in vain.
  if (!path_.empty()) unlink(path_.c_str());
  path_.clear();
  sockets_.clear();
}

bool Listening::local() const {
  return std::all_of(
      sockets_.begin(), sockets_.end(), [](const Descriptor& socket) {
        sockaddr_storage address = {};
        socklen_t size = sizeof(address);
        getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address),
                    &size);
        if (address.ss_family == AF_UNIX) return true;
        if (address.ss_family == AF_INET) {
          const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
          return ntohl(v4.sin_addr.s_addr) >> IN_CLASSA_NSHIFT ==
                 IN_LOOPBACKNET;
        }
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
      });
}

absl::StatusOr<Listening> BindTo(const std::string& address) {
  return address.starts_with(kUnixScheme) ? BindToPath(address)
                                          : BindToPort(address);
}

absl::Status StartListening(const Listening& bound,
                            const std::string& address) {
  for (const Descriptor& socket : bound.sockets()) {
    if (listen(socket.number(), SOMAXCONN) != 0) {
      return CannotListen(address, ErrorText(errno));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Listening> ListenOn(const std::string& address) {
  absl::StatusOr<Listening> bound = BindTo(address);
  if (!bound.ok()) return bound.status();
  const absl::Status listens = StartListening(*bound, address);
  if (!listens.ok()) return listens;
  return bound;
}

}  // namespace wanwu::rpc
