#include "client/cli/connection.h"

#include <grpc/grpc.h>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cli/display_width.h"
#include "common/options/value_types.h"

namespace wanwu::cli {
namespace {

bool ParseDuration(const std::string& text, std::chrono::milliseconds least,
                   std::chrono::milliseconds& value) {
  const auto parsed =
      options::Duration({least, std::chrono::hours(24)}).parse(text);
  if (!parsed.ok()) return false;
  value = std::chrono::floor<std::chrono::milliseconds>(*parsed);
  return true;
}

std::string DurationText(std::chrono::milliseconds value) {
  return absl::FormatDuration(absl::FromChrono(value));
}

// What names a listener's address.
struct AddressOption {
  const char* name;
  const char* environment;
  const char* description;
  const char* timeout;
};

void AddOptions(CLI::App& command, ConnectionOptions& options,
                const AddressOption& address) {
  command.add_option(address.name, options.address, address.description)
      ->envname(address.environment)
      ->type_name("ADDRESS")
      ->capture_default_str();
  AddDuration(command, "--timeout", options.timeout, address.timeout);
  AddSecureConnection(command, options.security);
  command.parse_complete_callback([&options, name = address.name] {
    // Not by check(): CLI11 2.4 drops what that refuses in the environment.
    const std::string mistake = CheckAddress(options.address);
    if (!mistake.empty()) throw CLI::ValidationError(name, mistake);
    auto channel = ChannelFor(options.address, options.security);
    if (!channel.ok()) {
      throw CLI::ValidationError(
          Printable(std::string(channel.status().message())));
    }
    options.channel = *std::move(channel);
  });
}

// Whether it is OK; otherwise says on `err` why not.
bool Explain(const absl::Status& connected, const ConnectionOptions& options,
             std::ostream& err) {
  if (connected.ok()) return true;
  err << absl::StrCat(
      "wanwu: no answer from ", Printable(options.address), ": ",
      ConnectionHint(options.channel.tls.has_value(),
                     std::string(connected.message()), options.listener),
      "\n");
  return false;
}

}  // namespace

std::string CheckAddress(const std::string& address) {
  if (options::Address().parse(address).ok()) return "";
  return "'" + Printable(address) + "' is not HOST:PORT or unix:PATH";
}

void AddConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  AddOptions(command, options,
             {.name = "--address",
              .environment = "WANWU_ADDRESS",
              .description = "The server: HOST:PORT or unix:PATH",
              .timeout = "Longest wait for the server"});
}

void AddAdminConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  options.listener = Listener::kAdmin;
  options.address = "127.0.0.1:8503";
  options.timeout = std::chrono::minutes(10);
  AddOptions(command, options,
             {.name = "--admin_address",
              .environment = "WANWU_ADMIN_ADDRESS",
              .description = "What wanwu-server was given as --admin_address: "
                             "HOST:PORT or unix:PATH",
              .timeout = "Longest wait until it is done"});
}

CLI::Option* AddDuration(CLI::App& command, const std::string& name,
                         std::chrono::milliseconds& value,
                         const std::string& description,
                         std::chrono::milliseconds least) {
  const auto parse = [name, least, &value](const std::string& text) {
    if (ParseDuration(text, least, value)) return;
    throw CLI::ValidationError(
        name, "'" + Printable(text) +
                  "' is not a duration such as 30s or 500ms (at most 24h)");
  };
  CLI::Option* option =
      command.add_option_function<std::string>(name, parse, description)
          ->type_name("DURATION");
  if (value.count() > 0) option->default_str(DurationText(value));
  return option;
}

void HoldGrpc() {
  // Never given back: when the last user of gRPC 1.51 goes, it waits up to ten
  // seconds for a poller of its own, after large messages. Not earlier either:
  // it starts threads, which must inherit a blocked SIGINT.
  grpc_init();
}

std::unique_ptr<client::ClassifierClient> MakeClient(
    const ConnectionOptions& options) {
  HoldGrpc();
  return std::make_unique<client::ClassifierClient>(options.channel);
}

client::Deadline DeadlineIn(std::chrono::milliseconds duration) {
  return std::chrono::system_clock::now() + duration;
}

bool ConnectOrExplain(client::ClassifierClient& client,
                      const ConnectionOptions& options, std::ostream& err) {
  return Explain(client.Connect(DeadlineIn(options.timeout)), options, err);
}

bool ConnectOrExplain(client::AdminClient& client,
                      const ConnectionOptions& options, std::ostream& err) {
  // What takes long is the call, not the connection.
  constexpr std::chrono::milliseconds kLongest = std::chrono::seconds(30);
  const auto deadline = DeadlineIn(std::min(options.timeout, kLongest));
  return Explain(client.Connect(deadline), options, err);
}

}  // namespace wanwu::cli
