#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/rpc/descriptor.h"

namespace wanwu::rpc {

// Sockets that listen, non-blocking, and the path to remove in the end.
class Listening {
 public:
  Listening() = default;
  Listening(std::vector<Descriptor> sockets, int port, std::string path)
      : sockets_(std::move(sockets)), port_(port), path_(std::move(path)) {}
  Listening(Listening&& other) noexcept = default;
  Listening& operator=(Listening&& other) noexcept;
  // Callers who have not been accepted are refused.
  ~Listening() { Close(); }

  void Close();

  const std::vector<Descriptor>& sockets() const { return sockets_; }
  int port() const { return port_; }  // 0 for a unix socket

  // Can only this machine reach all of them?
  bool local() const;

 private:
  std::vector<Descriptor> sockets_;
  int port_ = 0;
  std::string path_;  // empty: not a unix socket
};

// Listens on HOST:PORT or unix:PATH. 0.0.0.0 and [::] both stand for every
// interface; a host name for all of its addresses that this machine has. A
// socket whose server is gone is replaced. UNAVAILABLE, in the system's words,
// if the address cannot be had, or somebody listens there.
absl::StatusOr<Listening> ListenOn(const std::string& address);

// The same, but callers of a port are refused, and those of a path wait, until
// StartListening().
absl::StatusOr<Listening> BindTo(const std::string& address);

// UNAVAILABLE if somebody else bound to `address` has come before.
absl::Status StartListening(const Listening& bound, const std::string& address);

}  // namespace wanwu::rpc
