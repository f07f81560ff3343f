#include "server/rpc/listen_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::rpc {
namespace {

using testing::HasSubstr;

class ListenAddressTest : public testing::Test {
 protected:
  ListenAddressTest() {
    std::string pattern = testing::TempDir() + "/wanwuXXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ListenAddressTest() override {
    CloseAll();
    std::filesystem::remove_all(folder_);
  }

  std::string Path() const { return folder_ + "/socket"; }
  std::string UnixAddress() const { return "unix:" + Path(); }

  // Listens on Path() until CloseAll().
  void ListenOnPath(int backlog) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    Path().copy(address.sun_path, sizeof(address.sun_path) - 1);
    const int listener = Open(AF_UNIX);
    ASSERT_EQ(
        bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
        0);
    ASSERT_EQ(listen(listener, backlog), 0);
  }

  // Of a port of the loopback interface that is taken until CloseAll().
  std::string TakenAddress() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = Open(AF_INET);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener, generic, size), 0);
    EXPECT_EQ(listen(listener, 1), 0);
    EXPECT_EQ(getsockname(listener, generic, &size), 0);
    return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  }

  static std::string WhyNotListen(const std::string& address) {
    return std::string(ListenOn(address).status().message());
  }

  // To that port of 127.0.0.1.
  bool CanConnect(int port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    return connect(Open(AF_INET), reinterpret_cast<sockaddr*>(&address),
                   sizeof(address)) == 0;
  }

  void CloseAll() {
    for (const int descriptor : open_) close(descriptor);
    open_.clear();
  }

 private:
  int Open(int family) {
    open_.push_back(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return open_.back();
  }

  std::string folder_;
  std::vector<int> open_;
};

TEST_F(ListenAddressTest, SocketWithAServerIsInUse) {
  ListenOnPath(8);

  const absl::Status status = ListenOn(UnixAddress()).status();

  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(UnixAddress()));
  EXPECT_THAT(std::string(status.message()), HasSubstr("another server"));
}

TEST_F(ListenAddressTest, SocketOfAServerWithoutRoomForCallersIsInUse) {
  ListenOnPath(0);
  ASSERT_FALSE(ListenOn(UnixAddress()).ok());

  // The first question was never accepted and fills the backlog.
  EXPECT_THAT(WhyNotListen(UnixAddress()), HasSubstr("another server"));
}

TEST_F(ListenAddressTest, SocketWhoseServerIsGoneIsFree) {
  ListenOnPath(8);
  CloseAll();
  ASSERT_TRUE(std::filesystem::exists(Path()));

  EXPECT_TRUE(ListenOn(UnixAddress()).ok());
}

TEST_F(ListenAddressTest, PathWithoutASocketIsFree) {
  const absl::StatusOr<Listening> listening = ListenOn(UnixAddress());

  ASSERT_TRUE(listening.ok());
  EXPECT_EQ(listening->port(), 0);
  EXPECT_TRUE(std::filesystem::exists(Path()));
}

TEST_F(ListenAddressTest, EndTakesTheSocketsFileAway) {
  ListenOn(UnixAddress()).value().Close();

  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(ListenAddressTest, PortZeroTakesAFreeOne) {
  const absl::StatusOr<Listening> listening = ListenOn("127.0.0.1:0");

  ASSERT_TRUE(listening.ok());
  EXPECT_GT(listening->port(), 0);
}

TEST_F(ListenAddressTest, CallersOfABoundPortAreRefusedUntilItListens) {
  const absl::StatusOr<Listening> bound = BindTo("127.0.0.1:0");

  ASSERT_TRUE(bound.ok());
  EXPECT_GT(bound->port(), 0);
  EXPECT_FALSE(CanConnect(bound->port()));
  EXPECT_TRUE(StartListening(*bound, "").ok());
  EXPECT_TRUE(CanConnect(bound->port()));
}

TEST_F(ListenAddressTest, OfTwoBoundToOnePortTheFirstToListenHasIt) {
  const Listening later = BindTo("127.0.0.1:0").value();
  const std::string address = absl::StrCat("127.0.0.1:", later.port());
  const absl::StatusOr<Listening> first = ListenOn(address);
  ASSERT_TRUE(first.ok());

  EXPECT_THAT(std::string(StartListening(later, address).message()),
              HasSubstr(address + ": Address already in use"));
}

TEST_F(ListenAddressTest, BoundPathIsNotTakenForOneLeftBehind) {
  const absl::StatusOr<Listening> bound = BindTo(UnixAddress());

  ASSERT_TRUE(bound.ok());
  EXPECT_THAT(WhyNotListen(UnixAddress()), HasSubstr("another server"));
}

TEST_F(ListenAddressTest, AddressesOfOneHostShareThePort) {
  const absl::StatusOr<Listening> listening = ListenOn("localhost:0");

  ASSERT_TRUE(listening.ok());
  EXPECT_TRUE(CanConnect(listening->port()));
}

TEST_F(ListenAddressTest, EveryInterfaceIsIpv4sToo) {
  for (const char* everywhere : {"0.0.0.0:0", "[::]:0"}) {
    const absl::StatusOr<Listening> listening = ListenOn(everywhere);

    ASSERT_TRUE(listening.ok());
    EXPECT_TRUE(CanConnect(listening->port()));
  }
}

TEST_F(ListenAddressTest, TellsWhatOnlyThisMachineReaches) {
  for (const std::string local :
       {"127.0.0.1:0", "127.1.2.3:0", "localhost:0"}) {
    EXPECT_TRUE(ListenOn(local).value().local()) << local;
  }
  EXPECT_TRUE(ListenOn(UnixAddress()).value().local());
  for (const std::string open : {"0.0.0.0:0", "[::]:0"}) {
    EXPECT_FALSE(ListenOn(open).value().local()) << open;
  }
}

TEST_F(ListenAddressTest, SaysThatAPortIsTaken) {
  EXPECT_THAT(WhyNotListen(TakenAddress()), HasSubstr("already in use"));
}

TEST_F(ListenAddressTest, SaysThatAnAddressIsNotThisMachines) {
  // For documentation only, RFC 5737.
  EXPECT_THAT(WhyNotListen("192.0.2.1:8500"), HasSubstr("Cannot assign"));
}

TEST_F(ListenAddressTest, SaysThatAnAddressIsNone) {
  EXPECT_THAT(WhyNotListen("999.1.1.1:8500"), HasSubstr("not known"));
}

TEST_F(ListenAddressTest, SaysThatAFolderIsMissing) {
  EXPECT_THAT(WhyNotListen(UnixAddress() + "/below"),
              HasSubstr("No such file"));
}

TEST_F(ListenAddressTest, LeavesAFileInTheWayAlone) {
  std::ofstream(Path()) << "mine";

  EXPECT_THAT(WhyNotListen(UnixAddress()), HasSubstr("already in use"));
  EXPECT_EQ(std::filesystem::file_size(Path()), 4u);
}

}  // namespace
}  // namespace wanwu::rpc
