#include "gateway/app/routes.h"

#include "gateway/api/model_handlers.h"
#include "gateway/api/status_handler.h"
#include "gateway/oip/infer_handler.h"
#include "gateway/oip/query_handlers.h"

namespace wanwu::gateway {
namespace {

using boost::beast::http::verb;

// The Open Inference Protocol.
void AddInferenceRoutes(Router& router, const RouteParts& parts) {
  router.Add(verb::get, "/v2",
             ServeServerMetadata(parts.client, parts.defaults));
  router.Add(verb::get, "/v2/health/live", ServeInferenceLiveness());
  router.Add(verb::get, "/v2/health/ready",
             ServeInferenceReadiness(parts.health));
  // Before a model of that name.
  router.Add(verb::get, "/v2/models/stats",
             ServeModelStatistics(parts.client, parts.defaults));
  for (const std::string model :
       {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"}) {
    router.Add(verb::get, model,
               ServeModelMetadata(parts.client, parts.defaults));
    router.Add(verb::get, model + "/ready",
               ServeModelReady(parts.client, parts.defaults));
    router.Add(verb::get, model + "/config",
               ServeModelConfig(parts.client, parts.defaults));
    router.Add(verb::get, model + "/stats",
               ServeModelStatistics(parts.client, parts.defaults));
    router.Add(verb::post, model + "/infer",
               ServeInfer(parts.client, parts.defaults, parts.limits.request));
  }
  router.Add(verb::post, "/v2/repository/index",
             ServeRepositoryIndex(parts.client, parts.defaults));
}

}  // namespace

void AddRoutes(Router& router, const RouteParts& parts) {
  router.Add(verb::post, "/v1/classify",
             ServeClassify(parts.client, parts.defaults, parts.limits));
  router.Add(verb::get, "/v1/models",
             ServeModelList(parts.client, parts.defaults));
  router.Add(verb::get, "/v1/models/{model}",
             ServeModel(parts.client, parts.defaults));
  router.Add(verb::get, "/v1/status",
             ServeStatus(parts.client, parts.defaults));
  AddInferenceRoutes(router, parts);
  router.Add(verb::get, "/healthz", ServeLiveness());
  router.Add(verb::get, kReadinessPath, ServeReadiness(parts.health));
  router.Add(verb::get, "/metrics", ServeMetrics(parts.metrics));
  router.SetFallback(ServeStaticFiles(parts.files, parts.page_policy));
}

}  // namespace wanwu::gateway
