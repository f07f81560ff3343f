#pragma once

#include <CLI/App.hpp>
#include <chrono>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "client/cli/secure_connection.h"
#include "client/lib/admin_client.h"
#include "client/lib/classifier_client.h"

namespace wanwu::cli {

struct ConnectionOptions {
  std::string address = "127.0.0.1:8500";
  std::chrono::milliseconds timeout = std::chrono::seconds(30);
  SecureConnection security = {};
  // Follows from address and security once the command line was parsed.
  client::ChannelOptions channel = {};
  Listener listener = Listener::kCallers;
};

// What is wrong with an address, or empty.
std::string CheckAddress(const std::string& address);

// Adds --address, which is also WANWU_ADDRESS, --timeout, and what secures the
// connection.
void AddConnectionOptions(CLI::App& command, ConnectionOptions& options);

// Adds an option that takes a duration such as "30s" or "500ms", from `least`
// to a day.
CLI::Option* AddDuration(
    CLI::App& command, const std::string& name,
    std::chrono::milliseconds& value, const std::string& description,
    std::chrono::milliseconds least = std::chrono::milliseconds(1));

// The same for the admin listener: --admin_address, which is also
// WANWU_ADMIN_ADDRESS. The time is that which loading a model may take.
void AddAdminConnectionOptions(CLI::App& command, ConnectionOptions& options);

// Lets gRPC's threads run until the process ends.
void HoldGrpc();

// A client that is not connected yet. From the first one on gRPC is held.
std::unique_ptr<client::ClassifierClient> MakeClient(
    const ConnectionOptions& options);

client::Deadline DeadlineIn(std::chrono::milliseconds duration);

// Connects; otherwise says on `err` that no server answers, with a hint.
[[nodiscard]] bool ConnectOrExplain(client::ClassifierClient& client,
                                    const ConnectionOptions& options,
                                    std::ostream& err);
[[nodiscard]] bool ConnectOrExplain(client::AdminClient& client,
                                    const ConnectionOptions& options,
                                    std::ostream& err);

}  // namespace wanwu::cli
