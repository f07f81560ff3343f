#include "common/signals/reload_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace wanwu::signals {
namespace {

// A handler has nothing but globals.
std::atomic<int> event_fd = -1;
static_assert(std::atomic<int>::is_always_lock_free);

// Calls only what POSIX allows in a handler.
void OnSignal(int /*signal*/) {
  const int saved = errno;
  const uint64_t one = 1;
  while (write(event_fd.load(), &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  errno = saved;
}

}  // namespace

ReloadSignal::ReloadSignal() {
  const int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (made < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  event_fd.store(made);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
}

ReloadSignal::~ReloadSignal() {
  IgnoreHangUp();
  close(event_fd.exchange(-1));
}

int ReloadSignal::descriptor() const { return event_fd.load(); }

bool ReloadSignal::Take() {
  uint64_t count = 0;
  return read(event_fd.load(), &count, sizeof(count)) == sizeof(count);
}

}  // namespace wanwu::signals
