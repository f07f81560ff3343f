#include "gateway/api/model_handlers.h"

#include <utility>

#include "client/lib/proto_json.h"
#include "gateway/api/awaited_call.h"
#include "gateway/api/utf8.h"
#include "gateway/errors/gateway_error.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

// Makes a call and answers with what it gave. `start` is as for AwaitCall().
template <typename Message, typename Start>
asio::awaitable<void> AnswerCall(Exchange& exchange, const char* method,
                                 const CallDefaults& defaults, Start start) {
  auto call = AwaitCall<Message>(exchange, method, defaults, start);
  const absl::StatusOr<Message> answer = co_await std::move(call);
  auto end =
      answer.ok()
          ? exchange.Respond(JsonResponse(client::ToJson(*answer) + "\n"))
          : exchange.Fail(answer.status());
  co_await std::move(end);
}

absl::StatusOr<v1::GetModelRequest> ReadModelRequest(const RequestHead& head,
                                                     const std::string& name) {
  v1::GetModelRequest request;
  if (!IsUtf8(name)) return FieldError("model", "not UTF-8");
  request.set_model(name);
  for (const auto& [parameter, value] : head.query) {
    if (parameter != "version") {
      return FieldError(parameter, "unknown query parameter; known is version");
    }
    if (!IsUtf8(value)) return FieldError("version", "not UTF-8");
    request.set_version(value);
  }
  return request;
}

asio::awaitable<void> AnswerModel(client::AsyncClient& client,
                                  const CallDefaults& defaults,
                                  Exchange& exchange, std::string name) {
  absl::StatusOr<v1::GetModelRequest> request =
      ReadModelRequest(exchange.head(), name);
  if (!request.ok()) {
    auto fail = exchange.Fail(request.status());
    co_await std::move(fail);
    co_return;
  }
  const auto start = [&](const client::CallOptions& options,
                         client::OnResponse<v1::Model> on_response) {
    return client.GetModel(*std::move(request), options,
                           std::move(on_response));
  };
  auto answer = AnswerCall<v1::Model>(
      exchange, "wanwu.v1.ImageClassifier/GetModel", defaults, start);
  co_await std::move(answer);
}

}  // namespace

Handler ServeModelList(client::AsyncClient& client,
                       const CallDefaults& defaults) {
  return
      [&client, defaults](Exchange& exchange, const PathParameters& /*none*/) {
        const auto start =
            [&client](const client::CallOptions& options,
                      client::OnResponse<v1::ListModelsResponse> on_response) {
              return client.ListModels(options, std::move(on_response));
            };
        return AnswerCall<v1::ListModelsResponse>(
            exchange, "wanwu.v1.ImageClassifier/ListModels", defaults, start);
      };
}

Handler ServeModel(client::AsyncClient& client, const CallDefaults& defaults) {
  return [&client, defaults](Exchange& exchange, PathParameters name) {
    return AnswerModel(client, defaults, exchange, std::move(name.front()));
  };
}

}  // namespace wanwu::gateway
