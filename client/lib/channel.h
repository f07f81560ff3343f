#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/secrets/tls_material.h"

namespace wanwu::client {

struct ChannelTls {
  // Without authorities the server's certificate is checked against those of
  // the system. A certificate and its key are for servers that ask for one. The
  // files are read again when they change.
  secrets::TlsFiles files = {};
  // The name that the server's certificate must have; empty: the address's.
  std::string server_name = {};
};

// Which of several addresses is called.
enum class ServerChoice {
  // The first that can be reached, until it goes away.
  kOne,
  // In turn all that say that they serve.
  kEachInTurn,
};

struct ChannelOptions {
  // HOST:PORT, [IPV6]:PORT or unix:PATH; see also CheckAddresses().
  std::string address;

  ServerChoice choice = ServerChoice::kOne;

  // gRPC's service config, as JSON, in place of `choice`: which of several is
  // called, and which calls are made again; see docs/clients.md. Empty: none.
  std::string service_config = {};

  // nullopt: no TLS.
  std::optional<ChannelTls> tls = {};

  // The token that a call shows the server; asked for each call, on any thread.
  // Null: none.
  std::function<std::string()> token = nullptr;

  // Channels to one address share a connection, unless their numbers differ.
  int number = 0;
};

// Can what goes to the addresses be read by nobody but this machine?
bool StaysOnThisMachine(const std::string& address);

// Whether MakeChannel() can use the files, and a token would not travel in the
// clear. A channel itself only says that it cannot connect.
absl::Status CheckChannel(const ChannelOptions& options);

// One connection to one server, or to each of several. It is made on first use,
// made again when it breaks, and never goes through an HTTP proxy.
std::shared_ptr<grpc::Channel> MakeChannel(const ChannelOptions& options);

}  // namespace wanwu::client
