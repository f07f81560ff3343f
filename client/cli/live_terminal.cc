#include "client/cli/live_terminal.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "absl/strings/str_replace.h"
#include "client/cli/terminal.h"

namespace wanwu::cli {
namespace {

constexpr char kEnter[] = "\x1b[?1049h\x1b[?25l";
constexpr char kLeave[] = "\x1b[?25h\x1b[?1049l";
constexpr char kHome[] = "\x1b[H";
constexpr char kClearToLineEnd[] = "\x1b[K\r\n";
constexpr char kClearBelow[] = "\x1b[J";

sigset_t Resizes() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGWINCH);
  return signals;
}

int ListenForResizes() {
  const sigset_t signals = Resizes();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

int MillisecondsUntil(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(
      until - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<long>(left.count(), 0));
}

}  // namespace

LiveTerminal::LiveTerminal(std::ostream& terminal)
    : terminal_(terminal),
      resized_(ListenForResizes()),
      quit_(eventfd(0, EFD_CLOEXEC)) {
  termios now = {};
  if (IsTerminal(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &now) == 0) {
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  terminal_ << kEnter << std::flush;
}

LiveTerminal::~LiveTerminal() {
  terminal_ << kLeave << std::flush;
  // What was typed meanwhile is not for the shell.
  if (before_.has_value()) tcsetattr(STDIN_FILENO, TCSAFLUSH, &*before_);
  close(quit_);
  close(resized_);
  const sigset_t signals = Resizes();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

void LiveTerminal::Draw(const std::string& lines) {
  // Line by line over what was there, so that it does not flicker.
  terminal_ << kHome << absl::StrReplaceAll(lines, {{"\n", kClearToLineEnd}})
            << kClearBelow << std::flush;
}

LiveTerminal::Event LiveTerminal::Wait(
    std::chrono::steady_clock::time_point until) {
  for (;;) {
    std::array<pollfd, 3> ready{
        {{quit_, POLLIN, 0},
         {resized_, POLLIN, 0},
         {before_.has_value() ? STDIN_FILENO : -1, POLLIN, 0}}};
    const int count =
        poll(ready.data(), ready.size(), MillisecondsUntil(until));
    if (count == 0) return Event::kTimeout;
    if (count < 0) continue;
    if (ready[0].revents != 0) return Event::kQuit;
    if (ready[1].revents != 0) {
      signalfd_siginfo signal;
      while (read(resized_, &signal, sizeof(signal)) > 0) continue;
      return Event::kResized;
    }
    if (TakeKeys()) return Event::kQuit;
  }
}

// True if q is among them, or nobody is left to type.
bool LiveTerminal::TakeKeys() const {
  std::array<char, 64> keys{};
  const ssize_t count = read(STDIN_FILENO, keys.data(), keys.size());
  if (count <= 0) return true;
  const std::string_view typed(keys.data(), static_cast<std::size_t>(count));
  return typed.find('q') != std::string_view::npos;
}

void LiveTerminal::Quit() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(quit_, &one, sizeof(one));
}

}  // namespace wanwu::cli
