#include "gateway/app/gateway_config.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>

#include "client/lib/channel.h"
#include "client/lib/message_limit.h"
#include "client/lib/server_addresses.h"
#include "common/options/value_types.h"
#include "gateway/http/page_policy.h"

namespace wanwu::gateway {
namespace {

using options::Address;
using options::Boolean;
using options::ByteSize;
using options::Duration;
using options::Emptiness;
using options::OneOf;
using options::OptionTable;
using options::Path;
using options::Text;
using options::WholeNumber;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr size_t kKiB = size_t{1} << 10;
constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kGiB = size_t{1} << 30;
// What else a message holds besides the picture.
constexpr size_t kMostImageBytes = client::kMaxMessageBytes - 64 * kKiB;

options::ValueType<std::string> ServerAddresses() {
  options::ValueType<std::string> one = Address();
  options::ValueType<std::string> several = one;
  several.parse = [one](std::string_view text) -> absl::StatusOr<std::string> {
    for (const std::string& each : client::SplitAddresses(std::string(text))) {
      const absl::StatusOr<std::string> parsed = one.parse(each);
      if (!parsed.ok()) return parsed.status();
    }
    return std::string(text);
  };
  return several;
}

void AddListening(OptionTable& table, GatewayConfig& config) {
  table.Group("Listening");
  table.Add({.name = "listen_address",
             .unit = "",
             .help = "Where HTTP is served, HOST:PORT; port 0 takes a free "
                     "one."},
            &config.listen_address, Address());
  table.Add({.name = "threads",
             .unit = "threads",
             .help = "Threads that serve connections; one serves thousands of "
                     "requests a second."},
            &config.threads, WholeNumber<int>({1, 64}));
  table.Add({.name = "max_connections",
             .unit = "connections",
             .help = "Connections open at a time; for more the one that has "
                     "been idle longest is closed, or if none is they are "
                     "answered 503 and closed."},
            &config.max_connections, WholeNumber<int>({1, 1'000'000}));
  table.Add({.name = "tls_certificate_file",
             .unit = "",
             .help = "Certificate chain (PEM) to serve HTTPS with; empty: "
                     "plain HTTP."},
            &config.tls_certificate_file, Path(Emptiness::kAllowed));
  table.Add(
      {.name = "tls_key_file", .unit = "", .help = "Its private key (PEM)."},
      &config.tls_key_file, Path(Emptiness::kAllowed));
  table.Add({.name = "cors_allow_origins",
             .unit = "",
             .help = "Origins whose pages may use the API from a browser, "
                     "separated by commas; * for all; empty: none but the "
                     "gateway's own."},
            &config.cors_allow_origins, Text(Emptiness::kAllowed));
  table.Add({.name = "allowed_hosts",
             .unit = "",
             .help = "Names, besides localhost and its addresses, by which "
                     "callers may address the gateway, separated by commas; * "
                     "for all; empty: none on a loopback address, all on "
                     "another."},
            &config.allowed_hosts, Text(Emptiness::kAllowed));
  table.Add({.name = "check_health",
             .unit = "",
             .help = "Serve nothing, but ask the gateway that listens at "
                     "listen_address for /healthz; the exit code is 0 if it "
                     "lives, else 1."},
            &config.check_health, Boolean());
  table.Add({.name = "picture_origins",
             .unit = "",
             .help = "Origins from which the WebUI may fetch a picture whose "
                     "address is pasted, separated by commas; https: for all "
                     "of https; empty: none. They have to allow it, too "
                     "(CORS)."},
            &config.picture_origins, Text(Emptiness::kAllowed));
}

void AddServer(OptionTable& table, GatewayConfig& config) {
  table.Group("Server");
  table.Add({.name = "server_address",
             .unit = "",
             .help = "Where wanwu-server listens; several addresses of IPv4, "
                     "or of IPv6, are separated by commas."},
            &config.server_address, ServerAddresses());
  table.Add({.name = "server_choice",
             .unit = "",
             .help = "Of several addresses, also of one name: one is called "
                     "until it goes away, or in turn all whose health says "
                     "SERVING."},
            &config.server_choice,
            OneOf<client::ServerChoice>(
                {{"one", client::ServerChoice::kOne},
                 {"each_in_turn", client::ServerChoice::kEachInTurn}}));
  table.Add({.name = "server_tls",
             .unit = "",
             .help = "Talk to the server over TLS."},
            &config.server_tls, Boolean());
  table.Add({.name = "server_ca_file",
             .unit = "",
             .help = "Certificates (PEM) that the server's is checked "
                     "against; empty: the system's."},
            &config.server_ca_file, Path(Emptiness::kAllowed));
  table.Add({.name = "server_certificate_file",
             .unit = "",
             .help = "Certificate chain (PEM) to show a server that asks for "
                     "one."},
            &config.server_certificate_file, Path(Emptiness::kAllowed));
  table.Add(
      {.name = "server_key_file", .unit = "", .help = "Its private key (PEM)."},
      &config.server_key_file, Path(Emptiness::kAllowed));
  table.Add({.name = "server_name",
             .unit = "",
             .help = "Name that the server's certificate must have; empty: "
                     "the host of server_address."},
            &config.server_name, Text(Emptiness::kAllowed));
  table.Add({.name = "server_token_file",
             .unit = "",
             .help = "File with a token that every call to the server carries "
                     "as authorization: Bearer; to another machine only with "
                     "server_tls."},
            &config.server_token_file, Path(Emptiness::kAllowed));
  table.Add({.name = "default_timeout",
             .unit = "",
             .help = "Deadline of a request without X-Request-Timeout-Ms; of "
                     "several pictures, how long the server may owe an "
                     "answer."},
            &config.default_timeout, Duration({milliseconds(1), hours(1)}));
  table.Add({.name = "max_stream_in_flight",
             .unit = "pictures",
             .help = "Pictures of one request at the server at a time."},
            &config.max_stream_in_flight, WholeNumber<int>({1, 4096}));
}

void AddRequests(OptionTable& table, GatewayConfig& config) {
  table.Group("Requests");
  table.Add({.name = "max_header_bytes",
             .unit = "",
             .help = "Largest request line and headers together."},
            &config.max_header_bytes, ByteSize({kKiB, kMiB}));
  table.Add({.name = "max_image_bytes",
             .unit = "",
             .help = "Largest encoded picture."},
            &config.max_image_bytes, ByteSize({kKiB, kMostImageBytes}));
  table.Add({.name = "max_json_bytes",
             .unit = "",
             .help = "Largest JSON body; base64 takes a third more than the "
                     "picture."},
            &config.max_json_bytes, ByteSize({kKiB, kGiB}));
  table.Add({.name = "max_body_bytes",
             .unit = "",
             .help = "Largest multipart form, which is never in memory as a "
                     "whole."},
            &config.max_body_bytes, ByteSize({kKiB, 1024 * kGiB}));
  table.Add({.name = "max_request_pictures",
             .unit = "pictures",
             .help = "Pictures of one form or JSON list."},
            &config.max_request_pictures, WholeNumber<int>({1, 1'000'000}));
  table.Add({.name = "max_json_depth",
             .unit = "",
             .help = "How deep a JSON body may be nested."},
            &config.max_json_depth, WholeNumber<int>({4, 1000}));
  table.Add({.name = "buffer_bytes",
             .unit = "",
             .help = "Bytes of requests and answers in memory, over all "
                     "connections; requests beyond it are answered 503."},
            &config.buffer_bytes, ByteSize({kMiB, 1024 * kGiB}));
  table.Add({.name = "idle_timeout",
             .unit = "",
             .help = "How long a connection may stay open without a request."},
            &config.idle_timeout, Duration({milliseconds(10), hours(1)}));
  table.Add({.name = "header_timeout",
             .unit = "",
             .help = "Time for a request's headers, or a TLS handshake, to "
                     "arrive."},
            &config.header_timeout, Duration({milliseconds(10), hours(1)}));
  table.Add({.name = "body_timeout",
             .unit = "",
             .help = "Time for a request's body to arrive, besides what it "
                     "takes at min_body_rate."},
            &config.body_timeout, Duration({milliseconds(10), hours(1)}));
  table.Add({.name = "min_body_rate",
             .unit = "",
             .help = "Bytes per second that a caller must send on average."},
            &config.min_body_rate, ByteSize({1, kGiB}));
  table.Add({.name = "write_timeout",
             .unit = "",
             .help = "Time for a caller to take a piece of its answer."},
            &config.write_timeout, Duration({milliseconds(10), hours(1)}));
}

void AddConditions(OptionTable& table, const GatewayConfig& config) {
  table.Require({"listen_address"}, [&config] {
    return config.listen_address.starts_with("unix:")
               ? "HTTP is served on HOST:PORT only"
               : "";
  });
  table.Require({"server_address"}, [&config] {
    const absl::Status addresses =
        client::CheckAddresses(config.server_address);
    return std::string(addresses.message());
  });
  table.Require({"server_address", "server_tls", "server_name"}, [&config] {
    return !config.server_tls || !config.server_name.empty() ||
                   client::SplitAddresses(config.server_address).size() == 1
               ? ""
               : "the certificates of several addresses need one name";
  });
  table.Require({"picture_origins"}, [&config]() -> std::string {
    for (const std::string& each : PictureOriginsOf(config)) {
      const std::string_view mistake = MistakeInPictureOrigin(each);
      if (!mistake.empty()) return std::string(mistake);
    }
    return "";
  });
  table.RequireKeyPair("tls_certificate_file", config.tls_certificate_file,
                       "tls_key_file", config.tls_key_file);
  table.Require({"server_ca_file", "server_tls"}, [&config] {
    return config.server_ca_file.empty() || config.server_tls
               ? ""
               : "certificates are of no use without TLS";
  });
  table.RequireKeyPair("server_certificate_file",
                       config.server_certificate_file, "server_key_file",
                       config.server_key_file);
  table.Require({"server_certificate_file", "server_tls"}, [&config] {
    return config.server_certificate_file.empty() || config.server_tls
               ? ""
               : "certificates are of no use without TLS";
  });
  table.Require(
      {"server_token_file", "server_tls", "server_address"}, [&config] {
        return config.server_token_file.empty() || config.server_tls ||
                       client::StaysOnThisMachine(config.server_address)
                   ? ""
                   : "a token must not travel in the clear";
      });
  table.Require({"buffer_bytes", "max_image_bytes"}, [&config] {
    return config.buffer_bytes >= config.max_image_bytes
               ? ""
               : "the largest allowed picture could never be taken";
  });
}

}  // namespace

void AddGatewayOptions(OptionTable& table, GatewayConfig& config) {
  AddListening(table, config);
  AddServer(table, config);
  AddRequests(table, config);
  options::AddDrainOptions(
      table, config.drain,
      {.delay = "After SIGTERM, time between /readyz saying 503 and "
                "refusing connections, for load balancers to notice.",
       .timeout = "Then, time for requests under way to be answered before "
                  "they are broken off."});
  logging::AddLogOptions(table, config.log);
  tracing::AddTraceOptions(table, config.traces);
  AddConditions(table, config);
}

std::vector<std::string> PictureOriginsOf(const GatewayConfig& config) {
  std::vector<std::string> origins =
      absl::StrSplit(config.picture_origins, ',', absl::SkipWhitespace());
  for (std::string& origin : origins) absl::StripAsciiWhitespace(&origin);
  return origins;
}

options::Program GatewayProgram() {
  return {.name = "wanwu-gateway",
          .version = WANWU_VERSION,
          .summary = "serves wanwu-server to browsers and over HTTP and JSON.",
          .foreign_variables = {"WANWU_ADDRESS", "WANWU_WEIGHTS",
                                "WANWU_MODELS_DIR", "WANWU_SHARED_DIR",
                                "WANWU_BIN_DIR"}};
}

LoadedGatewayConfig LoadGatewayConfig(const options::Inputs& inputs) {
  LoadedGatewayConfig loaded;
  OptionTable table;
  AddGatewayOptions(table, loaded.config);
  loaded.result = options::LoadOptions(table, GatewayProgram(), inputs);
  return loaded;
}

}  // namespace wanwu::gateway
