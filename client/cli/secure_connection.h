#pragma once

#include <CLI/App.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "client/lib/channel.h"

namespace wanwu::cli {

// How a connection is kept from others, and what it shows the server. Empty
// paths: none.
struct SecureConnection {
  bool tls = false;  // also if one of the next four is set
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string server_name;
  std::string token_file;
};

void AddSecureConnection(CLI::App& command, SecureConnection& options);

// Errors say what to correct.
absl::StatusOr<client::ChannelOptions> ChannelFor(
    const std::string& address, const SecureConnection& options);

// Which of a server's gRPC listeners.
enum class Listener { kCallers, kAdmin };

// What might help where no connection comes about; `error` is in gRPC's words.
std::string ConnectionHint(bool tls, const std::string& error,
                           Listener listener = Listener::kCallers);

}  // namespace wanwu::cli
