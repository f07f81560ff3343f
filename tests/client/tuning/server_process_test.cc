#include "client/tuning/server_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

namespace wanwu::tuning {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr seconds kPatience{30};
constexpr char kListening[] =
    R"(echo '{"event":"server_listening","port":7,"cpus":3}' >&2; )";

absl::StatusOr<std::unique_ptr<ServerProcess>> Shell(
    const std::string& script) {
  return ServerProcess::Start("sh", {"-c", script});
}

bool Exists(pid_t process) { return kill(process, 0) == 0 || errno != ESRCH; }

// In a form such as "SigBlk:\t0000000000000000".
std::string StatusLine(pid_t process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return line;
  }
  return "";
}

TEST(ServerProcessTest, TellsWhereItListens) {
  const auto server = Shell(std::string(kListening) + "exec sleep 1000");
  ASSERT_TRUE(server.ok()) << server.status();

  const auto listening = (*server)->WaitUntilListening(kPatience);

  ASSERT_TRUE(listening.ok()) << listening.status();
  EXPECT_EQ(listening->port, 7);
  EXPECT_EQ(listening->cpus, 3);
}

TEST(ServerProcessTest, IsGoneWithTheObject) {
  auto server = Shell(std::string(kListening) + "exec sleep 1000");
  ASSERT_TRUE((*server)->WaitUntilListening(kPatience).ok());
  const pid_t process = (*server)->pid();
  ASSERT_TRUE(Exists(process));

  server->reset();

  EXPECT_FALSE(Exists(process));
}

TEST(ServerProcessTest, IsGoneWhenTheThreadThatStartedItEnds) {
  std::unique_ptr<ServerProcess> server;
  std::thread([&] {
    server = *Shell(std::string(kListening) + "exec sleep 1000");
    ASSERT_TRUE(server->WaitUntilListening(kPatience).ok());
  }).join();

  siginfo_t ended = {};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(server->pid()), &ended,
                   WEXITED | WNOWAIT),
            0);

  EXPECT_EQ(ended.si_status, SIGTERM);
}

TEST(ServerProcessTest, StartsWithNoSignalBlocked) {
  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &terminate, &before);
  const auto server = Shell(std::string(kListening) + "exec sleep 1000");
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE((*server)->WaitUntilListening(kPatience).ok());

  EXPECT_EQ(StatusLine((*server)->pid(), "SigBlk:"),
            "SigBlk:\t0000000000000000");
}

TEST(ServerProcessTest, SaysWhyItEndedBeforeItListened) {
  const auto server = Shell(
      "echo 'server: --lanez: unknown option' >&2; "
      "echo 'server: 1 mistake(s)' >&2; exit 2");

  const auto listening = (*server)->WaitUntilListening(kPatience);

  EXPECT_THAT(std::string(listening.status().message()),
              HasSubstr("--lanez: unknown option"));
}

TEST(ServerProcessTest, RemembersItsLastError) {
  const auto server = Shell(
      R"(echo '{"event":"model_failed","level":"error","error":"no"}' >&2)");

  const auto listening = (*server)->WaitUntilListening(kPatience);

  EXPECT_EQ(std::string(listening.status().message()), "model_failed: no");
  EXPECT_EQ((*server)->LastWords(), "model_failed: no");
}

TEST(ServerProcessTest, ProgramThatIsNotThereIsNamed) {
  EXPECT_THAT(
      std::string(
          ServerProcess::Start("/no/such/program", {}).status().message()),
      HasSubstr("/no/such/program"));
  EXPECT_THAT(
      std::string(
          ServerProcess::Start("no-such-program", {}).status().message()),
      HasSubstr("no-such-program is not in PATH"));
}

}  // namespace
}  // namespace wanwu::tuning
