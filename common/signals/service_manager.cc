#include "common/signals/service_manager.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace wanwu::signals {
namespace {

constexpr std::chrono::seconds kPatience(5);

}  // namespace

void TellServiceManager(std::string_view state) {
  const char* socket_path = std::getenv("NOTIFY_SOCKET");
  if (socket_path == nullptr) return;
  const std::string_view path = socket_path;
  sockaddr_un address = {};
  if (path.empty() || path.size() >= sizeof address.sun_path) return;

  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  // A name outside the file system begins with a zero.
  if (path.front() == '@') address.sun_path[0] = '\0';
  const auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());

  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  // A busy manager's queue may be full, and what it is not told of it ends.
  const timeval patience = {.tv_sec = kPatience.count(), .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&address), length);
  close(descriptor);
}

}  // namespace wanwu::signals
