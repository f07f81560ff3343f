#include "client/cli/connection.h"

#include <grpc/grpc.h>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cli/display_width.h"
#include "common/options/value_types.h"

namespace wanwu::cli {
namespace {

// An error message, or empty if it is an address.
std::string CheckAddress(const std::string& address) {
  if (options::Address().parse(address).ok()) return "";
  return "'" + Printable(address) + "' is not HOST:PORT or unix:PATH";
}

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

}  // namespace

void AddConnectionOptions(CLI::App& command, ConnectionOptions& options) {
  command
      .add_option("--address", options.address,
                  "The server: HOST:PORT or unix:PATH")
      ->envname("WANWU_ADDRESS")
      ->type_name("ADDRESS")
      ->capture_default_str()
      ->check(CLI::Validator(CheckAddress, "", "address"));
  AddDuration(command, "--timeout", options.timeout,
              "Longest wait for the server");
  AddSecureConnection(command, options.security);
  command.parse_complete_callback([&options] {
    auto channel = ChannelFor(options.address, options.security);
    if (!channel.ok()) {
      throw CLI::ValidationError(
          Printable(std::string(channel.status().message())));
    }
    options.channel = *std::move(channel);
  });
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
  const absl::Status connected = client.Connect(DeadlineIn(options.timeout));
  if (connected.ok()) return true;
  const std::string address = Printable(options.address);
  err << absl::StrCat("wanwu: no answer from ", address, ": ",
                      ConnectionHint(options.channel.tls.has_value(),
                                     std::string(connected.message())),
                      "\n");
  return false;
}

}  // namespace wanwu::cli
