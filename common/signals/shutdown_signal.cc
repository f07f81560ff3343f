#include "common/signals/shutdown_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace wanwu::signals {
namespace {

// What shells report for a process that a signal ended.
constexpr int kExitBySignal = 128;

// A handler has nothing but globals.
std::atomic<int> first_signal = 0;
std::atomic<bool> requested = false;
static_assert(std::atomic<int>::is_always_lock_free);
// Readable from the first signal on.
int event_fd = -1;

// Calls only what POSIX allows in a handler.
void Notify() {
  const uint64_t one = 1;
  while (write(event_fd, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void OnSignal(int signal) {
  int none = 0;
  if (!first_signal.compare_exchange_strong(none, signal)) {
    _exit(kExitBySignal + signal);
  }
  const int saved = errno;
  Notify();
  errno = saved;
}

}  // namespace

ShutdownSignal::ShutdownSignal() {
  first_signal.store(0);
  requested.store(false);
  event_fd = eventfd(0, EFD_CLOEXEC);
  if (event_fd < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  for (Handled& handled : handled_) {
    sigaction(handled.signal, nullptr, &handled.previous);
    const bool ignored = handled.previous.sa_handler == SIG_IGN;
    if (handled.signal == SIGINT && ignored) continue;
    sigaction(handled.signal, &action, nullptr);
  }
}

ShutdownSignal::~ShutdownSignal() {
  for (const Handled& handled : handled_) {
    sigaction(handled.signal, &handled.previous, nullptr);
  }
  close(event_fd);
  event_fd = -1;
}

void ShutdownSignal::Request() const {
  requested.store(true);
  Notify();
}

int ShutdownSignal::Wait() const {
  pollfd event = {event_fd, POLLIN, 0};
  while (!received()) poll(&event, 1, -1);
  return first_signal.load();
}

bool ShutdownSignal::received() const {
  return first_signal.load() != 0 || requested.load();
}

}  // namespace wanwu::signals
