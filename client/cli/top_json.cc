#include <nlohmann/json.hpp>

#include "client/cli/state_names.h"
#include "client/cli/top_screen.h"

namespace wanwu::cli {
namespace {

using Json = nlohmann::ordered_json;

double Ms(const google::protobuf::Duration& duration) {
  return Seconds(duration) * 1e3;
}

void AddRates(const TopRates& rates, Json& json) {
  json["errors_per_second_by_reason"] = rates.errors;
  if (rates.stages.has_value()) {
    json["mean_decode_ms"] = rates.stages->decode;
    json["mean_queue_ms"] = rates.stages->queue;
    json["mean_inference_ms"] = rates.stages->inference;
  }
  json["decoder_utilisation"] = rates.decoders;
}

Json ModelsOf(const v1::ServerStatus& status) {
  Json models = Json::array();
  for (const v1::ModelStatus& model : status.models()) {
    models.push_back({{"name", model.name()},
                      {"version", model.version()},
                      {"state", StateName(model.state())},
                      {"default", model.name() == status.default_model()},
                      {"queue_depth", model.queue_depth()}});
  }
  return models;
}

void AddStatus(const v1::ServerStatus& status, Json& json) {
  json["state"] = StateName(status.state());
  json["version"] = status.version();
  json["uptime_seconds"] = Seconds(status.uptime());
  json["pictures_per_second"] = status.pictures_per_second();
  json["errors_per_second"] = status.errors_per_second();
  if (status.has_latency()) {
    json["p50_ms"] = Ms(status.latency().p50());
    json["p99_ms"] = Ms(status.latency().p99());
  }
  if (const auto batch = MeanBatch(status)) json["mean_batch"] = *batch;
  json["queue_depth"] = status.queue_depth();
  json["queue_capacity"] = status.queue_capacity();
  json["queue_bytes"] = status.queue_bytes();
  json["queue_bytes_capacity"] = status.queue_bytes_capacity();
  json["memory_budget"] = status.memory_budget();
  json["estimated_wait_ms"] = Ms(status.estimated_wait());
  json["lane_utilisation"] = LaneShare(status);
  json["models"] = ModelsOf(status);
}

}  // namespace

std::string TopJson(const TopServer& server) {
  Json json = {{"address", server.address}, {"up", server.down.empty()}};
  if (server.down.empty()) {
    AddStatus(server.status, json);
    if (server.rates.has_value()) AddRates(*server.rates, json);
  } else {
    json["down"] = server.down;
  }
  // What is not UTF-8 must not end the program.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace wanwu::cli
