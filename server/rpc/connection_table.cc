#include "server/rpc/connection_table.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>
#include <vector>

namespace wanwu::rpc {
namespace {

// 0 for a descriptor that is closed.
ino_t SocketBehind(int descriptor) {
  struct stat status = {};
  return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

ConnectionTable::ConnectionTable() : activity_(epoll_create1(EPOLL_CLOEXEC)) {
  if (activity_.number() < 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
}

void ConnectionTable::Add(int descriptor, Time now) {
  // The number's last connection is closed, or it would not be free.
  const auto before = connections_.find(descriptor);
  if (before != connections_.end() && before->second.closing) --closing_;
  connections_[descriptor] = {SocketBehind(descriptor), now};
  // An edge is reported even when gRPC has read what came before we look:
  // then the socket is still writable.
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.fd = descriptor;
  epoll_ctl(activity_.number(), EPOLL_CTL_ADD, descriptor, &event);
}

void ConnectionTable::NoteActivity(Time now) {
  std::array<epoll_event, 256> events;
  int count = 0;
  do {
    count = epoll_wait(activity_.number(), events.data(),
                       static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
      const auto found =
          connections_.find(events[static_cast<size_t>(i)].data.fd);
      if (found != connections_.end()) found->second.last_heard = now;
    }
  } while (count == static_cast<int>(events.size()));
}

void ConnectionTable::Refresh(Time now) {
  NoteActivity(now);
  std::erase_if(connections_, [this](const auto& entry) {
    const bool closed = SocketBehind(entry.first) != entry.second.socket;
    if (closed && entry.second.closing) --closing_;
    return closed;
  });
}

// gRPC waits for epoll to say that a socket is readable. It is not before so
// many bytes are there; the system lowers a figure that no buffer can hold.
void ConnectionTable::StopReading() {
  const int never = std::numeric_limits<int>::max();
  for (const auto& [descriptor, connection] : connections_) {
    setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &never, sizeof(never));
  }
}

int ConnectionTable::CloseIdlest(int count) {
  std::vector<std::pair<Time, int>> candidates;
  for (const auto& [descriptor, connection] : connections_) {
    if (!connection.closing) {
      candidates.emplace_back(connection.last_heard, descriptor);
    }
  }
  const auto idlest = candidates.begin() +
                      std::min<std::ptrdiff_t>(count, std::ssize(candidates));
  std::partial_sort(candidates.begin(), idlest, candidates.end());
  for (auto each = candidates.begin(); each != idlest; ++each) {
    // If gRPC has closed it meanwhile, the number is no other connection's: a
    // new one would have been added by this thread. Of anything else than a
    // socket, this is refused.
    shutdown(each->second, SHUT_RDWR);
    connections_[each->second].closing = true;
    ++closing_;
  }
  return static_cast<int>(idlest - candidates.begin());
}

}  // namespace wanwu::rpc
