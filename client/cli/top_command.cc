#include "client/cli/top_command.h"

#include <unistd.h>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "client/cli/connection.h"
#include "client/cli/display_width.h"
#include "client/cli/exit_code.h"
#include "client/cli/interrupt_signal.h"
#include "client/cli/live_terminal.h"
#include "client/cli/secure_connection.h"
#include "client/cli/top_screen.h"
#include "client/cli/top_watch.h"
#include "common/signals/wait_for_stop.h"

namespace wanwu::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// As the server's limits of WatchStatus.
constexpr milliseconds kShortestInterval{100};
constexpr milliseconds kLongestInterval{60'000};

constexpr char kFooter[] =
    "On a terminal it draws the servers anew each interval; q or Ctrl-C ends "
    "it.\n"
    "Elsewhere, and with --json, it writes a line for each server and "
    "interval.\n"
    "A server that is not there is \"down\", and watched again when it comes.\n"
    "Figures are of the last 5 s, less if nobody has watched for so long.\n"
    "\n"
    "Exit code: 0 done, 2 wrong usage, 3 at the end no server answered.";

struct TopOptions {
  std::vector<std::string> addresses;
  SecureConnection security;
  std::vector<client::ChannelOptions> channels = {};
  milliseconds interval{1000};
  int count = 0;  // 0: for ever
  bool json = false;
};

using Watches = std::vector<std::unique_ptr<TopWatch>>;

// Twice as often as shown, so that also the first figures have a report before
// them.
milliseconds ReportInterval(milliseconds shown) {
  return std::clamp(shown / 2, kShortestInterval, kLongestInterval);
}

Watches WatchAll(const TopOptions& options) {
  HoldGrpc();
  Watches watches;
  for (const client::ChannelOptions& channel : options.channels) {
    watches.push_back(
        std::make_unique<TopWatch>(channel, ReportInterval(options.interval)));
  }
  return watches;
}

std::vector<TopServer> Look(const Watches& watches) {
  std::vector<TopServer> servers;
  servers.reserve(watches.size());
  for (const auto& watch : watches) servers.push_back(watch->Look());
  return servers;
}

int ExitCode(const std::vector<TopServer>& servers) {
  const bool any =
      std::any_of(servers.begin(), servers.end(),
                  [](const auto& server) { return server.down.empty(); });
  return any ? kExitOk : kExitUnreachable;
}

int RunOnTerminal(const TopOptions& options) {
  LiveTerminal terminal(std::cout);
  InterruptSignal interrupt;
  interrupt.Handle([&terminal] { terminal.Quit(); });
  const Watches watches = WatchAll(options);
  const Palette palette = PaletteFor(STDOUT_FILENO);
  auto next = steady_clock::now() + options.interval;
  for (int shown = 0; options.count == 0 || shown < options.count;) {
    terminal.Draw(
        RenderTop(Look(watches), TerminalSize(STDOUT_FILENO), palette));
    const LiveTerminal::Event event = terminal.Wait(next);
    if (event == LiveTerminal::Event::kQuit || !std::cout) break;
    if (event == LiveTerminal::Event::kResized) continue;
    next += options.interval;
    ++shown;
  }
  interrupt.Handle(nullptr);
  return ExitCode(Look(watches));
}

int RunInLines(const TopOptions& options) {
  InterruptSignal interrupt;
  std::stop_source end;
  interrupt.Handle([&end] { end.request_stop(); });
  const Watches watches = WatchAll(options);
  std::vector<TopServer> servers;
  auto next = steady_clock::now();
  for (int shown = 0; options.count == 0 || shown < options.count; ++shown) {
    next += options.interval;
    const auto left = next - steady_clock::now();
    if (signals::WaitForStop(end.get_token(), left)) break;
    servers = Look(watches);
    for (const TopServer& server : servers) {
      std::cout << (options.json ? TopJson(server) : TopLine(server));
    }
    if (!std::cout.flush()) {
      interrupt.Handle(nullptr);
      return kExitBrokenPipe;
    }
  }
  interrupt.Handle(nullptr);
  return ExitCode(servers);
}

int RunTop(const TopOptions& options) {
  return options.json || !IsTerminal(STDOUT_FILENO) ? RunInLines(options)
                                                    : RunOnTerminal(options);
}

// As `wanwu` does without --address.
std::string DefaultAddress() {
  const char* const set = std::getenv("WANWU_ADDRESS");
  return set == nullptr || *set == '\0' ? ConnectionOptions().address : set;
}

void TakeChannels(TopOptions& options) {
  if (options.addresses.empty()) options.addresses = {DefaultAddress()};
  options.channels.clear();
  for (const std::string& address : options.addresses) {
    const std::string mistake = CheckAddress(address);
    if (!mistake.empty()) throw CLI::ValidationError("server", mistake);
    auto channel = ChannelFor(address, options.security);
    if (!channel.ok()) {
      throw CLI::ValidationError(
          Printable(std::string(channel.status().message())));
    }
    options.channels.push_back(*std::move(channel));
  }
  if (options.interval > kLongestInterval) {
    throw CLI::ValidationError("--interval", "at most 1m");
  }
}

}  // namespace

void AddTopCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<TopOptions>();
  CLI::App& command = *app.add_subcommand("top", "Watch servers at work, live");
  command
      .add_option("servers", options->addresses,
                  "Servers: HOST:PORT or unix:PATH; default: WANWU_ADDRESS, "
                  "else 127.0.0.1:8500")
      ->type_name("ADDRESS");
  AddDuration(command, "--interval", options->interval,
              "Between two looks, 100ms to 1m", kShortestInterval);
  command
      .add_option("--count", options->count, "Looks before it ends; 0: no end")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_flag("--json", options->json,
                   "A line of JSON for each server and look");
  AddSecureConnection(command, options->security);
  command.footer(kFooter);
  command.parse_complete_callback([options] { TakeChannels(*options); });
  command.callback([options, &selected] {
    selected = [options] { return RunTop(*options); };
  });
}

}  // namespace wanwu::cli
