#include "server/rpc/connection_acceptor.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include "common/open_files/open_files.h"

namespace wanwu::rpc {
namespace {

using std::chrono::steady_clock;

// For the files of models and state, and for what gRPC needs itself.
constexpr int kReserve = 64;
// But never more than this part of all.
constexpr int kReservedPart = 8;

// How often all connections are looked at if there is room for more.
constexpr std::chrono::milliseconds kRefreshEvery{1000};
// Time for gRPC to close what was broken off.
constexpr int kMomentMs = 1;
constexpr int kAcceptsAtOnce = 64;

// A caller who takes no byte of his answers, nor acknowledges any, for so long
// is cut off by the system.
constexpr unsigned kSlowReaderMs = 30'000;

int MsUntil(steady_clock::time_point time) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(time - steady_clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

int Room() {
  const rlim_t limit = std::min<rlim_t>(open_files::RaiseLimit(),
                                        std::numeric_limits<int>::max());
  const int all = static_cast<int>(limit);
  const int reserve = std::min(kReserve, all / kReservedPart);
  // Roughly: what is open now stays open.
  return std::max(1, all - reserve - std::max(0, open_files::InUse()));
}

}  // namespace

ConnectionAcceptor::ConnectionAcceptor(const Options& options,
                                       Listening listening,
                                       logging::RateLimitedLog& log,
                                       ConnectionCounters& counters)
    : options_(options),
      log_(log),
      counters_(counters),
      room_(Room()),
      listening_(std::move(listening)),
      stop_event_(eventfd(0, EFD_CLOEXEC)) {
  if (stop_event_.number() < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  counters_.limit = options_.max_connections == 0
                        ? room_
                        : std::min(room_, options_.max_connections);
}

void ConnectionAcceptor::Start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "wanwu-accept");
    Run();
  });
}

void ConnectionAcceptor::Stop() {
  if (thread_.joinable()) {
    eventfd_write(stop_event_.number(), 1);
    thread_.join();
  }
  listening_.Close();
}

void ConnectionAcceptor::StopReading() {
  table_.Refresh(steady_clock::now());
  table_.StopReading();
}

void ConnectionAcceptor::CloseAll() {
  table_.Refresh(steady_clock::now());
  table_.CloseAll();
}

void ConnectionAcceptor::Run() {
  std::vector<pollfd> events;
  events.push_back({stop_event_.number(), POLLIN, 0});
  for (const Descriptor& socket : listening_.sockets()) {
    events.push_back({socket.number(), POLLIN, 0});
  }
  auto next_refresh = steady_clock::now() + kRefreshEvery;
  while (events.front().revents == 0) {
    poll(events.data(), events.size(), MsUntil(next_refresh));
    const auto now = steady_clock::now();
    if (now < next_refresh) {
      table_.NoteActivity(now);
    } else {
      table_.Refresh(now);
      next_refresh = now + kRefreshEvery;
    }
    for (const pollfd& event : events) {
      if (event.revents != 0 && event.fd != stop_event_.number()) {
        AcceptFrom(event.fd);
      }
    }
    counters_.open = table_.open();
  }
}

void ConnectionAcceptor::AcceptFrom(int listener) {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    const int descriptor =
        accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      Take(descriptor);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
               errno == ENOMEM) {
      return AwaitRoom();
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void ConnectionAcceptor::Take(int descriptor) {
  // Refused by a unix socket, which needs it not.
  setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &kSlowReaderMs,
             sizeof(kSlowReaderMs));
  table_.Add(descriptor, steady_clock::now());
  ++counters_.accepted;
  options_.hand_over(descriptor);
  KeepWithinLimits();
}

void ConnectionAcceptor::KeepWithinLimits() {
  const auto too_many = [this] {
    return counters_.limit < room_ &&
           table_.open() - table_.closing() > counters_.limit;
  };
  if (!too_many() && table_.open() <= room_) return;
  table_.Refresh(steady_clock::now());
  if (too_many()) MakeRoom();
  if (table_.open() > room_) AwaitRoom();
}

void ConnectionAcceptor::AwaitRoom() {
  constexpr int kMoments = 100;
  table_.Refresh(steady_clock::now());
  const int open = table_.open();
  for (int i = 0; i < kMoments && table_.open() >= open; ++i) {
    // Those that were broken off give their descriptors back in a moment.
    if (table_.closing() == 0) MakeRoom();
    WaitAMoment();
    table_.Refresh(steady_clock::now());
  }
}

void ConnectionAcceptor::MakeRoom() {
  // A few at once, where there are many, since each time all are looked at.
  constexpr int kPart = 16;
  const int closed = table_.CloseIdlest(1 + table_.open() / kPart);
  counters_.closed_for_room += closed;
  log_.Log(logging::Level::kWarning, "connections_closed_for_room",
           {{"closed", closed},
            {"open", table_.open()},
            {"limit", counters_.limit.load()}});
}

void ConnectionAcceptor::WaitAMoment() {
  pollfd stop = {stop_event_.number(), POLLIN, 0};
  poll(&stop, 1, kMomentMs);
}

}  // namespace wanwu::rpc
