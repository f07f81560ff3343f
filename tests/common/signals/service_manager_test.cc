#include "common/signals/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace wanwu::signals {
namespace {

// Where a service manager listens: a path, or '@' and a name.
class Manager {
 public:
  explicit Manager(const std::string& name)
      : descriptor_(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(0,
              bind(descriptor_, reinterpret_cast<sockaddr*>(&address), length));
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  ~Manager() {
    unsetenv("NOTIFY_SOCKET");
    close(descriptor_);
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // What was told first; empty: nothing.
  std::string Hear() const {
    std::array<char, 256> text = {};
    const ssize_t size = recv(descriptor_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), size);
  }

 private:
  const int descriptor_;
};

std::string NameOfThisProcess() {
  return "wanwu-service-manager-test-" + std::to_string(getpid());
}

TEST(ServiceManagerTest, IsToldAtAPath) {
  const auto path =
      std::filesystem::temp_directory_path() / NameOfThisProcess();
  const Manager manager(path);

  TellServiceManager(kServiceReady);

  EXPECT_EQ("READY=1", manager.Hear());
  EXPECT_EQ("", manager.Hear());
  std::filesystem::remove(path);
}

TEST(ServiceManagerTest, IsToldAtAnAbstractName) {
  const Manager manager(std::string("@").append(NameOfThisProcess()));

  TellServiceManager(kServiceStopping);

  EXPECT_EQ("STOPPING=1", manager.Hear());
}

TEST(ServiceManagerTest, NobodyListeningIsNoTrouble) {
  TellServiceManager(kServiceReady);
  setenv("NOTIFY_SOCKET", "", 1);
  TellServiceManager(kServiceReady);
  setenv("NOTIFY_SOCKET", "/nonexistent/socket", 1);
  TellServiceManager(kServiceReady);
  setenv("NOTIFY_SOCKET", std::string(1000, 'x').c_str(), 1);
  TellServiceManager(kServiceReady);
  unsetenv("NOTIFY_SOCKET");
}

}  // namespace
}  // namespace wanwu::signals
