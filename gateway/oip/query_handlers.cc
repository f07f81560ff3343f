#include "gateway/oip/query_handlers.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api/awaited_call.h"
#include "gateway/oip/message_json.h"
#include "gateway/oip/named_model.h"
#include "inference/open_inference.pb.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using nlohmann::ordered_json;

// Those messages that have both.
template <typename Request>
concept NamesModel = requires(Request request) {
  request.set_name("");
  request.set_version("");
};

template <typename Request>
Request RequestFor(const NamedModel& model) {
  Request request;
  if constexpr (NamesModel<Request>) {
    request.set_name(model.name);
    request.set_version(model.version);
  }
  return request;
}

// One question. `Shape` makes of a Message the JSON that answers it.
template <typename Request, typename Message, typename Shape>
class Question {
 public:
  Question(client::AsyncClient& client, const CallDefaults& defaults,
           std::string method, Shape shape)
      : client_(client),
        defaults_(defaults),
        method_(absl::StrCat("inference.GRPCInferenceService/", method)),
        shape_(std::move(shape)) {}

  asio::awaitable<void> Answer(Exchange& exchange,
                               PathParameters parameters) const {
    auto ask = Ask(exchange, std::move(parameters));
    const absl::StatusOr<Message> response = co_await std::move(ask);
    auto end =
        response.ok()
            ? exchange.Respond(JsonResponse(shape_(*response).dump() + "\n"))
            : exchange.Fail(response.status());
    co_await std::move(end);
  }

 private:
  asio::awaitable<absl::StatusOr<Message>> Ask(
      Exchange& exchange, PathParameters parameters) const {
    const absl::StatusOr<NamedModel> model = ReadModel(parameters);
    if (!model.ok()) co_return model.status();
    const auto start = [&](const client::CallOptions& options,
                           client::OnResponse<Message> on_response) {
      return client_.Call<Request, Message>(method_,
                                            RequestFor<Request>(*model),
                                            options, std::move(on_response));
    };
    auto call = AwaitCall<Message>(exchange, method_, defaults_, start);
    co_return co_await std::move(call);
  }

  client::AsyncClient& client_;
  const CallDefaults defaults_;
  const std::string method_;
  const Shape shape_;
};

template <typename Request, typename Message, typename Shape>
Handler Serve(client::AsyncClient& client, const CallDefaults& defaults,
              std::string method, Shape shape) {
  const auto question = std::make_shared<Question<Request, Message, Shape>>(
      client, defaults, std::move(method), std::move(shape));
  return [question](Exchange& exchange, PathParameters parameters) {
    return question->Answer(exchange, std::move(parameters));
  };
}

ordered_json Ready(const std::string& name) {
  return {{"name", name}, {"ready", true}};
}

}  // namespace

Handler ServeInferenceLiveness() {
  return [](Exchange& exchange, const PathParameters& /*none*/) {
    return exchange.Respond(JsonResponse("{\"live\":true}\n"));
  };
}

Handler ServeInferenceReadiness(const ServerHealth& health) {
  return [&health](Exchange& exchange, const PathParameters& /*none*/) {
    const absl::Status ready = health.Ready();
    return ready.ok() ? exchange.Respond(JsonResponse("{\"ready\":true}\n"))
                      : exchange.Fail(ready);
  };
}

Handler ServeServerMetadata(client::AsyncClient& client,
                            const CallDefaults& defaults) {
  return Serve<inference::ServerMetadataRequest,
               inference::ServerMetadataResponse>(
      client, defaults, "ServerMetadata", MessageJson);
}

Handler ServeModelMetadata(client::AsyncClient& client,
                           const CallDefaults& defaults) {
  return Serve<inference::ModelMetadataRequest,
               inference::ModelMetadataResponse>(client, defaults,
                                                 "ModelMetadata", MessageJson);
}

// Asks for the metadata, since an error says why it is not ready.
Handler ServeModelReady(client::AsyncClient& client,
                        const CallDefaults& defaults) {
  using Message = inference::ModelMetadataResponse;
  return Serve<inference::ModelMetadataRequest, Message>(
      client, defaults, "ModelMetadata",
      [](const Message& response) { return Ready(response.name()); });
}

Handler ServeModelConfig(client::AsyncClient& client,
                         const CallDefaults& defaults) {
  using Message = inference::ModelConfigResponse;
  return Serve<inference::ModelConfigRequest, Message>(
      client, defaults, "ModelConfig",
      [](const Message& response) { return MessageJson(response.config()); });
}

Handler ServeModelStatistics(client::AsyncClient& client,
                             const CallDefaults& defaults) {
  return Serve<inference::ModelStatisticsRequest,
               inference::ModelStatisticsResponse>(
      client, defaults, "ModelStatistics", MessageJson);
}

Handler ServeRepositoryIndex(client::AsyncClient& client,
                             const CallDefaults& defaults) {
  using Message = inference::RepositoryIndexResponse;
  return Serve<inference::RepositoryIndexRequest, Message>(
      client, defaults, "RepositoryIndex",
      [](const Message& response) { return ListJson(response.models()); });
}

}  // namespace wanwu::gateway
