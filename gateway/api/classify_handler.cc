#include "gateway/api/classify_handler.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/api/awaited_call.h"
#include "gateway/api/classify_options.h"
#include "gateway/api/compressed_body.h"
#include "gateway/api/form_pictures.h"
#include "gateway/api/json_pictures.h"
#include "gateway/api/json_request.h"
#include "gateway/api/mangled_picture.h"
#include "gateway/api/response_json.h"
#include "gateway/api/result_sink.h"
#include "gateway/errors/gateway_error.h"
#include "gateway/http/media_type.h"

namespace wanwu::gateway {
namespace {

namespace asio = boost::asio;

enum class BodyKind { kPicture, kForm, kJson, kUnknown };

BodyKind KindOf(const MediaType& type) {
  const std::string& name = type.name;
  if (name == "multipart/form-data") return BodyKind::kForm;
  if (name == "application/json") return BodyKind::kJson;
  // The last is what curl --data-binary says of whatever it sends.
  if (name.empty() || name.starts_with("image/") ||
      name == "application/octet-stream" || name == "binary/octet-stream" ||
      name == "application/x-www-form-urlencoded") {
    return BodyKind::kPicture;
  }
  return BodyKind::kUnknown;
}

absl::Status UnknownType(const std::string& name) {
  return GatewayError(
      absl::StatusCode::kInvalidArgument, kContentTypeUnsupported,
      absl::StrCat("the body may be a picture, multipart/form-data or "
                   "application/json, not ",
                   name.substr(0, 100)));
}

// One request of POST /v1/classify.
class ClassifyExchange {
 public:
  ClassifyExchange(client::AsyncClient& client, const CallDefaults& defaults,
                   const ClassifyLimits& limits, Exchange& exchange)
      : client_(client),
        defaults_(defaults),
        limits_(limits),
        exchange_(exchange) {}

  asio::awaitable<void> Run() {
    auto answer = Answer();
    absl::Status status = co_await std::move(answer);
    if (status.ok()) co_return;
    auto fail = exchange_.Fail(std::move(status));
    co_await std::move(fail);
  }

 private:
  // Not OK if nothing was answered yet.
  asio::awaitable<absl::Status> Answer() {
    const RequestHead& head = exchange_.head();
    absl::StatusOr<v1::ClassifyRequest> options = OptionsFromQuery(head);
    if (!options.ok()) co_return options.status();
    const absl::Status plain = CheckNotCompressed(head);
    if (!plain.ok()) co_return plain;
    const MediaType type = ParseMediaType(head.Header("Content-Type"));
    const BodyKind kind = KindOf(type);
    if (kind == BodyKind::kUnknown) co_return UnknownType(type.name);
    if (kind == BodyKind::kForm) {
      FormPictures pictures(exchange_, type.Parameter("boundary"),
                            *std::move(options), limits_.request);
      auto many = AnswerMany(pictures);
      co_return co_await std::move(many);
    }
    auto answer = kind == BodyKind::kJson ? AnswerJson(*std::move(options))
                                          : AnswerPicture(*std::move(options));
    co_return co_await std::move(answer);
  }

  asio::awaitable<absl::Status> AnswerPicture(v1::ClassifyRequest request) {
    BudgetShare share(exchange_.budget());
    const std::size_t limit = limits_.request.max_image_bytes;
    auto read = exchange_.ReadWholeBody(limit, share);
    absl::StatusOr<std::string> body = co_await std::move(read);
    if (HasReason(body.status(), kBodyTooLarge)) {
      co_return ImageTooLargeError(limit);
    }
    if (!body.ok()) co_return body.status();
    const absl::Status mangled = CheckNotMangled(*body);
    if (!mangled.ok()) co_return mangled;
    request.set_image(*std::move(body));
    auto answer = AnswerOne(std::move(request), share);
    co_return co_await std::move(answer);
  }

  asio::awaitable<absl::Status> AnswerJson(v1::ClassifyRequest defaults) {
    BudgetShare share(exchange_.budget());
    auto read = exchange_.ReadWholeBody(limits_.request.max_json_bytes, share);
    absl::StatusOr<std::string> body = co_await std::move(read);
    if (!body.ok()) co_return body.status();
    const std::size_t text_bytes = share.bytes();
    if (!share.TryGrow(text_bytes)) {
      co_return BufferFullError(exchange_.budget().limit());
    }
    absl::StatusOr<JsonRequest> request =
        ParseJsonRequest(*std::move(body), defaults, limits_.request);
    // Pictures are smaller than their base64.
    static_cast<void>(share.TryResize(text_bytes));
    if (!request.ok()) co_return request.status();
    if (!request->is_list) {
      absl::StatusOr<v1::ClassifyRequest>& one =
          request->pictures.front().request;
      if (!one.ok()) co_return one.status();
      auto answer = AnswerOne(*std::move(one), share);
      co_return co_await std::move(answer);
    }
    JsonPictures pictures(std::move(request->pictures), std::move(share));
    auto many = AnswerMany(pictures);
    co_return co_await std::move(many);
  }

  // `share` is of the request.
  asio::awaitable<absl::Status> AnswerOne(v1::ClassifyRequest request,
                                          BudgetShare& share) {
    // Until it is answered gRPC holds it a second time.
    if (!share.TryGrow(request.ByteSizeLong())) {
      co_return BufferFullError(exchange_.budget().limit());
    }
    const auto start = [&](const client::CallOptions& options,
                           auto on_response) {
      return client_.Classify(std::move(request), options,
                              std::move(on_response));
    };
    auto call = AwaitCall<v1::ClassifyResponse>(
        exchange_, "wanwu.v1.ImageClassifier/Classify", defaults_, start);
    const absl::StatusOr<v1::ClassifyResponse> answer =
        co_await std::move(call);
    if (!answer.ok()) co_return answer.status();
    auto respond =
        exchange_.Respond(JsonResponse(ResponseJson(*answer) + "\n"));
    co_await std::move(respond);
    co_return absl::OkStatus();
  }

  asio::awaitable<absl::Status> AnswerMany(PictureSource& pictures) {
    absl::StatusOr<client::CallOptions> options =
        CallOptionsFor(exchange_, "wanwu.v1.ImageClassifier/ClassifyBatch",
                       defaults_, DefaultDeadline::kNone);
    if (!options.ok()) co_return options.status();
    const std::unique_ptr<ResultSink> sink = MakeResultSink(exchange_);
    ManyPictures many(client_, exchange_, limits_.many);
    auto run = many.Run(pictures, *sink, *std::move(options));
    co_await std::move(run);
    co_return absl::OkStatus();
  }

  client::AsyncClient& client_;
  const CallDefaults& defaults_;
  const ClassifyLimits& limits_;
  Exchange& exchange_;
};

asio::awaitable<void> Classify(client::AsyncClient& client,
                               const CallDefaults& defaults,
                               const ClassifyLimits& limits,
                               Exchange& exchange) {
  ClassifyExchange classify(client, defaults, limits, exchange);
  auto run = classify.Run();
  co_await std::move(run);
}

}  // namespace

Handler ServeClassify(client::AsyncClient& client, const CallDefaults& defaults,
                      const ClassifyLimits& limits) {
  return [&client, defaults, limits](Exchange& exchange,
                                     const PathParameters& /*none*/) {
    return Classify(client, defaults, limits, exchange);
  };
}

}  // namespace wanwu::gateway
