#include "gateway/oip/infer_handler.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/lib/message_limit.h"
#include "gateway/api/awaited_call.h"
#include "gateway/api/compressed_body.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/oip/infer_answer.h"
#include "gateway/oip/infer_request.h"
#include "gateway/oip/named_model.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;
using inference::ModelInferRequest;
using inference::ModelInferResponse;

// How much of the body is JSON.
absl::StatusOr<std::size_t> JsonBytes(const RequestHead& head,
                                      std::size_t body_bytes) {
  if (head.headers.count(kJsonBytesHeader) == 0) return body_bytes;
  const std::string_view text = head.Header(kJsonBytesHeader);
  std::size_t bytes = 0;
  if (!absl::SimpleAtoi({text.data(), text.size()}, &bytes) ||
      bytes > body_bytes) {
    return FieldError(
        kJsonBytesHeader,
        absl::StrCat("expected at most the body's ", body_bytes, " bytes"));
  }
  return bytes;
}

absl::StatusOr<InferRequest> ReadRequest(const RequestHead& head,
                                         const std::string& body,
                                         const RequestLimits& limits,
                                         BudgetShare& share) {
  const absl::StatusOr<std::size_t> json_bytes = JsonBytes(head, body.size());
  if (!json_bytes.ok()) return json_bytes.status();
  if (*json_bytes == 0 && !body.empty()) return PictureRequest(body, share);
  return ParseInferRequest(body, *json_bytes, limits.max_json_depth, share);
}

// For how busy the server is; what it makes of the shape is its own.
int PicturesIn(const ModelInferRequest& request) {
  constexpr std::int64_t kMost = 1000;
  if (request.inputs().empty() || request.inputs(0).shape().empty()) return 1;
  return static_cast<int>(
      std::clamp<std::int64_t>(request.inputs(0).shape(0), 1, kMost));
}

// One inference request.
class InferExchange {
 public:
  InferExchange(client::AsyncClient& client, const CallDefaults& defaults,
                const RequestLimits& limits, Exchange& exchange)
      : client_(client),
        defaults_(defaults),
        limits_(limits),
        exchange_(exchange) {}

  asio::awaitable<void> Run(PathParameters parameters) {
    auto made = Answer(std::move(parameters));
    absl::StatusOr<Response> answer = co_await std::move(made);
    auto end = answer.ok() ? exchange_.Respond(*std::move(answer))
                           : exchange_.Fail(answer.status());
    co_await std::move(end);
  }

 private:
  asio::awaitable<absl::StatusOr<Response>> Answer(PathParameters parameters) {
    const absl::StatusOr<NamedModel> model = ReadModel(parameters);
    if (!model.ok()) co_return model.status();
    const absl::Status plain = CheckNotCompressed(exchange_.head());
    if (!plain.ok()) co_return plain;
    BudgetShare share(exchange_.budget());
    auto read = Read(share);
    absl::StatusOr<InferRequest> request = co_await std::move(read);
    if (!request.ok()) co_return request.status();
    request->message.set_model_name(model->name);
    request->message.set_model_version(model->version);
    const std::size_t bytes = request->message.ByteSizeLong();
    if (bytes > client::kMaxMessageBytes) co_return TooLarge();
    // Until it is answered gRPC holds it a second time.
    if (!share.TryResize(2 * bytes)) {
      co_return BufferFullError(exchange_.budget().limit());
    }
    auto call = Infer(std::move(request->message));
    const absl::StatusOr<ModelInferResponse> answer = co_await std::move(call);
    if (!answer.ok()) co_return answer.status();
    co_return InferAnswer(*answer, request->binary);
  }

  asio::awaitable<absl::StatusOr<InferRequest>> Read(BudgetShare& share) {
    auto read = exchange_.ReadWholeBody(limits_.max_json_bytes, share);
    const absl::StatusOr<std::string> body = co_await std::move(read);
    if (!body.ok()) co_return body.status();
    co_return ReadRequest(exchange_.head(), *body, limits_, share);
  }

  asio::awaitable<absl::StatusOr<ModelInferResponse>> Infer(
      ModelInferRequest request) {
    constexpr char kMethod[] = "inference.GRPCInferenceService/ModelInfer";
    const auto start = [&](const client::CallOptions& options,
                           client::OnResponse<ModelInferResponse> on_response) {
      const int pictures = PicturesIn(request);
      return client_.Call<ModelInferRequest, ModelInferResponse>(
          kMethod, std::move(request), options, std::move(on_response),
          pictures);
    };
    auto call =
        AwaitCall<ModelInferResponse>(exchange_, kMethod, defaults_, start);
    co_return co_await std::move(call);
  }

  static absl::Status TooLarge() {
    return GatewayError(
        absl::StatusCode::kInvalidArgument, kBodyTooLarge,
        absl::StrCat("the tensors take more than the ",
                     client::kMaxMessageBytes,
                     " bytes that the server takes in one message"),
        {{"limit", absl::StrCat(client::kMaxMessageBytes)}});
  }

  client::AsyncClient& client_;
  const CallDefaults& defaults_;
  const RequestLimits& limits_;
  Exchange& exchange_;
};

asio::awaitable<void> Infer(client::AsyncClient& client,
                            const CallDefaults& defaults,
                            const RequestLimits& limits, Exchange& exchange,
                            PathParameters parameters) {
  InferExchange infer(client, defaults, limits, exchange);
  auto run = infer.Run(std::move(parameters));
  co_await std::move(run);
}

}  // namespace

Handler ServeInfer(client::AsyncClient& client, const CallDefaults& defaults,
                   const RequestLimits& limits) {
  return [&client, defaults, limits](Exchange& exchange,
                                     PathParameters parameters) {
    return Infer(client, defaults, limits, exchange, std::move(parameters));
  };
}

}  // namespace wanwu::gateway
