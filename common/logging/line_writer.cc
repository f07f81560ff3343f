#include "common/logging/line_writer.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace wanwu::logging {
namespace {

// How many bytes the descriptor took: all, unless it takes no more.
size_t WriteAll(int descriptor, std::string_view text) {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t some =
        write(descriptor, text.data() + written, text.size() - written);
    if (some >= 0) {
      written += static_cast<size_t>(some);
    } else if (errno == EAGAIN) {
      // Somebody we share it with has made it non-blocking.
      pollfd room = {descriptor, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      break;
    }
  }
  return written;
}

void BlockAllSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

struct LineWriter::State {
  State(const Options& writer_options, Notice lost_notice)
      : options(writer_options), notice(std::move(lost_notice)) {}

  void Run();
  // Also tells of lost lines, if any.
  void Pass(const std::string& line, int64_t lost_before);

  const Options options;
  const Notice notice;
  // The thread's alone: the last line was cut off.
  bool line_open = false;

  std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  std::deque<std::string> lines;
  size_t bytes = 0;
  int64_t lost = 0;  // and not told of
  int64_t lost_lines = 0;
  bool busy = false;
  bool ending = false;
};

void LineWriter::State::Run() {
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [this] { return !lines.empty() || ending; });
    if (lines.empty()) return;
    const std::string line = std::move(lines.front());
    lines.pop_front();
    bytes -= line.size();
    const int64_t lost_before = std::exchange(lost, 0);
    busy = true;
    lock.unlock();
    Pass(line, lost_before);
    lock.lock();
    busy = false;
    changed.notify_all();
  }
}

void LineWriter::State::Pass(const std::string& line, int64_t lost_before) {
  std::string text = line_open ? "\n" : "";
  if (lost_before > 0) text += notice(lost_before);
  const size_t told_at = text.size();
  text += line;
  const size_t written = WriteAll(options.descriptor, text);
  if (written > 0) line_open = text[written - 1] != '\n';
  if (written == text.size()) return;
  const std::lock_guard lock(mutex);
  lost += 1 + (written < told_at ? lost_before : 0);
  ++lost_lines;
}

LineWriter::LineWriter(const Options& options, Notice notice)
    : last_wait_(options.last_wait),
      state_(std::make_shared<State>(options, std::move(notice))) {
  std::thread([state = state_] {
    pthread_setname_np(pthread_self(), "wanwu-log");
    // Else a signal's handler might wait behind a write.
    BlockAllSignals();
    state->Run();
  }).detach();
}

LineWriter::~LineWriter() {
  Flush(last_wait_);
  const std::lock_guard lock(state_->mutex);
  state_->ending = true;
  state_->changed.notify_all();
}

void LineWriter::Write(std::string line) {
  const std::lock_guard lock(state_->mutex);
  State& state = *state_;
  state.bytes += line.size();
  state.lines.push_back(std::move(line));
  while (state.bytes > state.options.capacity_bytes) {
    state.bytes -= state.lines.front().size();
    state.lines.pop_front();
    ++state.lost;
    ++state.lost_lines;
  }
  state.changed.notify_all();
}

int64_t LineWriter::lost_lines() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lost_lines;
}

bool LineWriter::Flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(
      lock, timeout, [this] { return state_->lines.empty() && !state_->busy; });
}

}  // namespace wanwu::logging
