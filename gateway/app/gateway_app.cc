#include "gateway/app/gateway_app.h"

#include <grpc/grpc.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/open_files/open_files.h"
#include "common/signals/service_manager.h"
#include "gateway/app/embedded_files.h"
#include "gateway/app/routes.h"

namespace wanwu::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds Ms(std::chrono::microseconds duration) {
  return std::chrono::ceil<milliseconds>(duration);
}

HttpLimits LimitsOf(const GatewayConfig& config) {
  return {.max_header_bytes = config.max_header_bytes,
          .idle_timeout = Ms(config.idle_timeout),
          .header_timeout = Ms(config.header_timeout),
          .body_timeout = Ms(config.body_timeout),
          .min_body_rate = config.min_body_rate,
          .write_timeout = Ms(config.write_timeout)};
}

ClassifyLimits ClassifyLimitsOf(const GatewayConfig& config) {
  return {.request = {.max_image_bytes = config.max_image_bytes,
                      .max_pictures = config.max_request_pictures,
                      .max_form_bytes = config.max_body_bytes,
                      .max_json_bytes = config.max_json_bytes,
                      .max_json_depth = config.max_json_depth},
          .many = {.max_in_flight = config.max_stream_in_flight,
                   .answer_timeout = Ms(config.default_timeout)}};
}

std::set<std::string> ListOf(const std::string& text) {
  std::set<std::string> items;
  for (absl::string_view item :
       absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    items.emplace(absl::StripAsciiWhitespace(item));
  }
  return items;
}

// People reach another address than loopback's by names that we do not know.
HostPolicy HostsOf(const GatewayConfig& config) {
  const bool local = IsLoopback(SplitAddress(config.listen_address).first);
  if (!local && config.allowed_hosts.empty()) return HostPolicy();
  return HostPolicy(
      ListOf(absl::AsciiStrToLower(config.allowed_hosts)),
      local ? HostPolicy::Addresses::kLoopback : HostPolicy::Addresses::kAll);
}

}  // namespace

GatewayApp::GatewayApp(const GatewayConfig& config, logging::Logger& log)
    : config_(config),
      limits_(LimitsOf(config)),
      log_(log),
      error_log_(log, config.log.errors_per_second),
      budget_(config.buffer_bytes),
      router_(CorsPolicy(ListOf(config.cors_allow_origins)), HostsOf(config)),
      metrics_(
          WANWU_VERSION, budget_,
          [this] {
            return health_ != nullptr &&
                   health_->state() == ServerHealth::State::kServing;
          },
          [this] {
            const tracing::Tracer* tracer = tracing_.tracer();
            return tracer == nullptr ? tracing::SpanCounts() : tracer->counts();
          }),
      request_log_(log, error_log_, config.log.requests, metrics_) {
  // For good: gRPC 1.51 may take seconds to go with a process's last client.
  grpc_init();
}

GatewayApp::~GatewayApp() = default;

absl::Status GatewayApp::Run(const signals::ShutdownSignal& signal) {
  absl::Status status =
      tracing_.Open(config_.traces, "wanwu-gateway", WANWU_VERSION, log_);
  if (status.ok()) status = Connect();
  if (status.ok()) status = Listen();
  if (!status.ok()) return status;
  log_.Info("gateway_listening", {{"address", config_.listen_address},
                                  {"port", listener_->port()},
                                  {"tls", secrets_->tls() != nullptr},
                                  {"server_address", config_.server_address},
                                  {"version", WANWU_VERSION}});
  signals::TellServiceManager(signals::kServiceReady);
  log_.Info("signal_received", {{"signal", signal.Wait()}});
  Drain();
  return absl::OkStatus();
}

absl::Status GatewayApp::Connect() {
  absl::StatusOr<std::unique_ptr<GatewaySecrets>> secrets =
      GatewaySecrets::Open(config_, log_);
  if (!secrets.ok()) return secrets.status();
  secrets_ = *std::move(secrets);
  client_ = std::make_unique<client::AsyncClient>(secrets_->channel());
  return absl::OkStatus();
}

absl::Status GatewayApp::Listen() {
  open_files::RaiseLimit();
  spans_.SetTracer(tracing_.tracer());
  absl::StatusOr<std::unique_ptr<Listener>> listener =
      Listener::Listen({.address = config_.listen_address,
                        .threads = config_.threads,
                        .max_connections = config_.max_connections,
                        .tls = secrets_->tls()},
                       {.router = router_,
                        .limits = limits_,
                        .budget = budget_,
                        .observer = spans_,
                        .tracer = tracing_.tracer()});
  if (!listener.ok()) return listener.status();
  listener_ = *std::move(listener);
  health_ = std::make_unique<ServerHealth>(*client_, listener_->executor(),
                                           client::CallOptions(),
                                           config_.server_choice);
  AddRoutes(router_, {.client = *client_,
                      .health = *health_,
                      .metrics = metrics_,
                      .defaults = {.timeout = Ms(config_.default_timeout)},
                      .limits = ClassifyLimitsOf(config_),
                      .files = EmbeddedFiles(),
                      .page_policy = PagePolicy(PictureOriginsOf(config_))});
  listener_->Run();
  return absl::OkStatus();
}

void GatewayApp::Drain() {
  const auto start = steady_clock::now();
  signals::TellServiceManager(signals::kServiceStopping);
  log_.Info("drain_started");
  health_->BeginDrain();
  listener_->AnnounceClose();
  std::this_thread::sleep_for(config_.drain.delay);
  const bool complete =
      listener_->Drain(steady_clock::now() + config_.drain.timeout);
  health_->Stop();
  listener_->Stop();
  tracing_.Stop();
  error_log_.ReportSuppressed();
  log_.Info("gateway_stopped",
            {{"complete", complete},
             {"drain_ms", std::chrono::duration_cast<milliseconds>(
                              steady_clock::now() - start)
                              .count()}});
}

}  // namespace wanwu::gateway
