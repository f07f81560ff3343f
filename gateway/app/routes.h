#pragma once

#include <span>
#include <string>
#include <string_view>

#include "client/lib/async_client.h"
#include "gateway/api/classify_handler.h"
#include "gateway/api/server_health.h"
#include "gateway/http/router.h"
#include "gateway/http/static_files.h"
#include "gateway/metrics/gateway_metrics.h"

namespace wanwu::gateway {

// What the routes serve. All of it outlives the router.
struct RouteParts {
  client::AsyncClient& client;
  const ServerHealth& health;
  GatewayMetrics& metrics;
  CallDefaults defaults = {};
  ClassifyLimits limits = {};
  // The WebUI, its photographs and /openapi.json.
  std::span<const StaticFile> files = {};
  std::string page_policy = PagePolicy();
};

// Every path of docs/rest.md and docs/oip.md.
void AddRoutes(Router& router, const RouteParts& parts);

}  // namespace wanwu::gateway
