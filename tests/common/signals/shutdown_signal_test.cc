#include "common/signals/shutdown_signal.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

namespace wanwu::signals {
namespace {

// What a test's child tells its parent.
constexpr char kReady = 'r';
constexpr char kAwake = 'a';

// A child process that runs `body` and exits with what it returns. `body`
// reports through the function it is given.
class Child {
 public:
  using Tell = std::function<void(char)>;

  explicit Child(const std::function<int(const Tell&)>& body) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      const Tell tell = [fd = ends[1]](char word) {
        if (write(fd, &word, 1) != 1) std::abort();
      };
      _exit(body(tell));
    }
    close(ends[1]);
    words_ = ends[0];
  }
  ~Child() {
    close(words_);
    if (pid_ > 0) kill(pid_, SIGKILL);
    if (pid_ > 0) waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void Signal(int signal) const { kill(pid_, signal); }

  // The child's next word, or 0 if it has ended.
  char Listen() const {
    char word = 0;
    return read(words_, &word, 1) == 1 ? word : '\0';
  }

  // Waits for its end. -1 if it did not exit by itself.
  int ExitCode() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
  int words_ = -1;
};

int WaitAndReturnSignal(const Child::Tell& tell) {
  ShutdownSignal shutdown;
  tell(kReady);
  return shutdown.Wait();
}

// Behaves like a server that never gets done with draining.
int NeverFinishDraining(const Child::Tell& tell) {
  ShutdownSignal shutdown;
  tell(kReady);
  shutdown.Wait();
  tell(kAwake);
  while (true) pause();
}

TEST(ShutdownSignalTest, WakesTheWaiterOnSigterm) {
  Child child(WaitAndReturnSignal);
  ASSERT_EQ(child.Listen(), kReady);

  child.Signal(SIGTERM);

  EXPECT_EQ(child.ExitCode(), SIGTERM);
}

TEST(ShutdownSignalTest, WakesTheWaiterOnSigint) {
  Child child(WaitAndReturnSignal);
  ASSERT_EQ(child.Listen(), kReady);

  child.Signal(SIGINT);

  EXPECT_EQ(child.ExitCode(), SIGINT);
}

TEST(ShutdownSignalTest, SecondSignalEndsTheProcessAtOnce) {
  Child child(NeverFinishDraining);
  ASSERT_EQ(child.Listen(), kReady);
  child.Signal(SIGINT);
  ASSERT_EQ(child.Listen(), kAwake);

  child.Signal(SIGTERM);

  EXPECT_EQ(child.ExitCode(), 128 + SIGTERM);
}

TEST(ShutdownSignalTest, TheSameSignalTwiceEndsTheProcessToo) {
  Child child(NeverFinishDraining);
  ASSERT_EQ(child.Listen(), kReady);
  child.Signal(SIGINT);
  ASSERT_EQ(child.Listen(), kAwake);

  child.Signal(SIGINT);

  EXPECT_EQ(child.ExitCode(), 128 + SIGINT);
}

TEST(ShutdownSignalTest, LeavesOtherThreadsUndisturbed) {
  Child child([](const Child::Tell& tell) {
    ShutdownSignal shutdown;
    int interrupted = 0;
    std::thread other([&] {
      int ends[2];
      if (pipe(ends) != 0) std::abort();
      tell(kReady);
      shutdown.Wait();
      char byte = 'x';
      if (write(ends[1], &byte, 1) != 1) ++interrupted;
      if (read(ends[0], &byte, 1) != 1) ++interrupted;
    });
    const int signal = shutdown.Wait();
    other.join();
    return interrupted == 0 && shutdown.received() ? signal : 1;
  });
  ASSERT_EQ(child.Listen(), kReady);

  child.Signal(SIGTERM);

  EXPECT_EQ(child.ExitCode(), SIGTERM);
}

TEST(ShutdownSignalTest, LeavesAnIgnoredSigintIgnored) {
  Child child([](const Child::Tell& tell) {
    std::signal(SIGINT, SIG_IGN);
    return NeverFinishDraining(tell);
  });
  ASSERT_EQ(child.Listen(), kReady);

  child.Signal(SIGINT);
  child.Signal(SIGTERM);
  ASSERT_EQ(child.Listen(), kAwake);
  child.Signal(SIGINT);
  child.Signal(SIGTERM);

  EXPECT_EQ(child.ExitCode(), 128 + SIGTERM);
}

TEST(ShutdownSignalTest, ARequestWakesTheWaiterAndIsNoSignal) {
  Child child([](const Child::Tell& tell) -> int {
    ShutdownSignal shutdown;
    shutdown.Request();
    const bool woken = shutdown.Wait() == 0 && shutdown.received();
    tell(woken ? kAwake : kReady);
    while (true) pause();
  });
  ASSERT_EQ(child.Listen(), kAwake);

  child.Signal(SIGTERM);
  child.Signal(SIGINT);

  EXPECT_EQ(child.ExitCode(), 128 + SIGINT);
}

TEST(ShutdownSignalTest, HasReceivedNothingBeforeASignal) {
  ShutdownSignal shutdown;

  EXPECT_FALSE(shutdown.received());
}

// OpenBLAS, for one, starts threads when it is loaded.
TEST(ShutdownSignalTest, WorksInAThreadThatWasThereBefore) {
  Child child([](const Child::Tell& tell) {
    std::thread earlier([] {
      while (true) pause();
    });
    earlier.detach();
    // So that no other thread can get the signal.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    return WaitAndReturnSignal(tell);
  });
  ASSERT_EQ(child.Listen(), kReady);

  child.Signal(SIGTERM);

  EXPECT_EQ(child.ExitCode(), SIGTERM);
}

TEST(ShutdownSignalTest, GivesTheSignalsTheirHandlersBack) {
  struct sigaction before = {};
  sigaction(SIGTERM, nullptr, &before);
  struct sigaction during = {};
  {
    ShutdownSignal shutdown;
    sigaction(SIGTERM, nullptr, &during);
  }
  struct sigaction after = {};
  sigaction(SIGTERM, nullptr, &after);

  EXPECT_NE(during.sa_handler, before.sa_handler);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

}  // namespace
}  // namespace wanwu::signals
