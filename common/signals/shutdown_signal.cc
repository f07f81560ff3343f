#include "common/signals/shutdown_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace wanwu::signals {
namespace {

// What shells report for a process that a signal ended.
constexpr int kExitBySignal = 128;

sigset_t ShutdownSet() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  struct sigaction interrupt = {};
  sigaction(SIGINT, nullptr, &interrupt);
  if (interrupt.sa_handler != SIG_IGN) sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

ShutdownSignal::ShutdownSignal() {
  const sigset_t set = ShutdownSet();
  signals_fd_ = signalfd(-1, &set, SFD_CLOEXEC);
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  if (signals_fd_ < 0 || stop_fd_ < 0) {
    const int error = errno;
    close(signals_fd_);
    close(stop_fd_);
    throw std::system_error(error, std::generic_category(), "signalfd");
  }
  pthread_sigmask(SIG_BLOCK, &set, &previous_mask_);
  listener_ = std::thread([this] { Listen(); });
}

ShutdownSignal::~ShutdownSignal() {
  const uint64_t one = 1;
  while (write(stop_fd_, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
  listener_.join();
  close(stop_fd_);
  close(signals_fd_);
  pthread_sigmask(SIG_SETMASK, &previous_mask_, nullptr);
}

int ShutdownSignal::Wait() const {
  first_.wait(0);
  return first_.load();
}

void ShutdownSignal::Listen() {
  std::array<pollfd, 2> events = {
      {{signals_fd_, POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
  while (true) {
    if (poll(events.data(), events.size(), -1) < 0) continue;
    // First, so that a second signal still ends a process that is stopping.
    if ((events[0].revents & POLLIN) != 0) {
      signalfd_siginfo received = {};
      if (read(signals_fd_, &received, sizeof(received)) != sizeof(received)) {
        continue;
      }
      const int signal = static_cast<int>(received.ssi_signo);
      if (first_.load() != 0) _exit(kExitBySignal + signal);
      first_.store(signal);
      first_.notify_all();
      continue;
    }
    if ((events[1].revents & POLLIN) != 0) return;
  }
}

}  // namespace wanwu::signals
